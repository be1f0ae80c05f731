/*
 * signing-paypal.test.mjs - deliveries as PayPal signs them, by certificates of our own authority: the documented rule, written a second
 * time (paypal-rule.mjs), and Foyer must say the same.
 */
import assert from "node:assert/strict";
import { constants } from "node:crypto";
import test from "node:test";
import { Changes } from "./changes.mjs";
import { CANNOT_TELL, INVALID, STALE, VALID, verdict } from "./operator.mjs";
import { crc32, HOSTS, paypalSays, placesOf, signBy, signedText } from "./paypal-rule.mjs";
import { certificate } from "./pki.mjs";

/* a little later: the certificates below are made now */
const NOW = Math.floor(Date.now() / 1000) + 120, DAY = 86400;
const ID = "69cd13f0-d67a-11e5-baa3-778b53f4ae55", TIME = "2026-09-21T13:33:15Z", WEBHOOK = "1JE4291016473214C";
const NAME = "messageverificationcerts.sandbox.paypal.com", URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-1";

const root = certificate("Judges Root", { authority: true }), otherRoot = certificate("Judges Root", { authority: true });
const leaf = certificate(NAME, { by: root });
const between = certificate("Judges Issuer", { authority: true, by: root }), deep = certificate(NAME, { by: between });

const ROUND = '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}';		/* its crc has bit 31 set */
const PLAIN = '{"id":"WH-58D329510W468432D","event_type":"CHECKOUT.ORDER.APPROVED","resource":{"amount":{"value":"10.0"}}}';

test("the two bodies have a crc with, and one without, bit 31", () => {
	assert.equal(crc32(Buffer.from("123456789")), 3421780262);
	assert.equal(crc32(Buffer.from(ROUND)), 2325436976);
	assert.ok(crc32(Buffer.from(PLAIN)) < 2 ** 31);
});

/* A delivery that is good but for what is given. */
const delivery = ({ body = PLAIN, by = leaf, text, how, cert = by.pem, headers = {}, now = NOW, roots = root.pem, webhook = WEBHOOK,
	mode = "sandbox" } = {}) => {
	const bytes = Buffer.from(body), all = {
		"PAYPAL-TRANSMISSION-ID": ID, "PAYPAL-TRANSMISSION-TIME": TIME, "PAYPAL-CERT-URL": URL, "PAYPAL-AUTH-ALGO": "SHA256withRSA",
		"PAYPAL-AUTH-VERSION": "v2", "PAYPAL-TRANSMISSION-SIG": signBy(by.key, text ?? signedText(ID, TIME, WEBHOOK, crc32(bytes)), how),
		...headers };

	for (const name of Object.keys(all))
		if (all[name] === undefined)
			delete all[name];
	return { headers: all, body: bytes, webhook, cert, roots, now, mode };
};

const settingsOf = d => ({ paypal_base_url: `https://${HOSTS[d.mode][1]}`, paypal_client_id: "client_of_the_judge",
	paypal_client_secret: "secret_of_the_judge", ...d.webhook ? { paypal_webhook_id: d.webhook } : {} });

const oursOf = (d, more = {}) => verdict({ provider: "paypal", headers: Object.entries(d.headers), body: d.body, now: d.now,
	settings: settingsOf(d), cert: d.cert, roots: d.roots, ...more });

const official = d => paypalSays({ ...d, places: placesOf(HOSTS[d.mode]) }) ? VALID : INVALID;

const url = text => ({ headers: { "PAYPAL-CERT-URL": text } });
const without = name => ({ headers: { [name]: undefined } });
const path = "/v1/notifications/certs/CERT-1";

for (const [name, expected, what, more = {}] of [
	["a good delivery", VALID, {}],
	["a headers file with CRLF", VALID, {}, { lineEnd: "\r\n" }],
	["a crc with bit 31 set", VALID, { body: ROUND }],
	["such a crc signed as a negative number", INVALID, { body: ROUND, text: signedText(ID, TIME, WEBHOOK, crc32(Buffer.from(ROUND)) | 0) }],
	["a crc in hex", INVALID, { text: signedText(ID, TIME, WEBHOOK, crc32(Buffer.from(PLAIN)).toString(16)) }],
	["a body with letters of all the world", VALID, { body: '{"summary":"Zahlung über 12,50 € für ひかり 𝄞"}' }],
	["a body that is no UTF-8", VALID, { body: Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x7d]) }],
	["CRLF in the body", VALID, { body: PLAIN.replaceAll(",", ",\r\n") }],
	["a changed body", INVALID, { text: signedText(ID, TIME, WEBHOOK, crc32(Buffer.from(PLAIN.replace("10.0", "11.0")))) }],
	["a body written anew, 10.0 as 10", INVALID, { text: signedText(ID, TIME, WEBHOOK, crc32(Buffer.from(PLAIN.replace("10.0", "10")))) }],
	["a newline that was not signed", INVALID, { body: `${PLAIN}\n`, text: signedText(ID, TIME, WEBHOOK, crc32(Buffer.from(PLAIN))) }],
	["another listener's id", INVALID, { webhook: "5GP028458E2496506" }],
	["another transmission's id", INVALID, { headers: { "PAYPAL-TRANSMISSION-ID": "69cd13f0-d67a-11e5-baa3-778b53f4ae56" } }],
	["another time than was signed", INVALID, { headers: { "PAYPAL-TRANSMISSION-TIME": "2026-09-21T13:33:16Z" } }],
	["SHA1withRSA, and signed so", INVALID, { how: { digest: "sha1" }, headers: { "PAYPAL-AUTH-ALGO": "SHA1withRSA" } }],
	["SHA1withRSA, signed by SHA-256", INVALID, { headers: { "PAYPAL-AUTH-ALGO": "SHA1withRSA" } }],
	["signed by SHA-1, and said otherwise", INVALID, { how: { digest: "sha1" } }],
	["padding of another kind", INVALID, { how: { padding: constants.RSA_PKCS1_PSS_PADDING } }],
	...["PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME", "PAYPAL-CERT-URL", "PAYPAL-AUTH-ALGO", "PAYPAL-TRANSMISSION-SIG"]
		.map(header => [`no ${header}`, INVALID, without(header)]),
	["no PAYPAL-AUTH-VERSION", VALID, without("PAYPAL-AUTH-VERSION")],
	["a signature that is no base64", INVALID, { headers: { "PAYPAL-TRANSMISSION-SIG": "not base64" } }],
	["the other host of this mode", VALID, url(`https://api-m.sandbox.paypal.com${path}`)],
	["a host of the other mode", INVALID, url(`https://api.paypal.com${path}`)],
	["the real mode's own host", VALID, { mode: "live", ...url(`https://api.paypal.com${path}`) }],
	["a foreign host", INVALID, url(`https://evil.example${path}`)],
	["a host that ends otherwise", INVALID, url(`https://api.sandbox.paypal.com.evil.example${path}`)],
	["PayPal's host as a user", INVALID, url(`https://api.sandbox.paypal.com@evil.example${path}`)],
	["another port", INVALID, url(`https://api.sandbox.paypal.com:8443${path}`)],
	["http", INVALID, url(`http://api.sandbox.paypal.com${path}`)],
	["another folder", INVALID, url("https://api.sandbox.paypal.com/v1/notifications/uploads/CERT-1")],
	["a way out of the folder", INVALID, url(`https://api.sandbox.paypal.com${path}/../../../uploads/CERT-1`)],
	["a query", INVALID, url(`https://api.sandbox.paypal.com${path}?to=evil.example`)],
	["a fragment", INVALID, url(`https://api.sandbox.paypal.com${path}#x`)],
	["a certificate past its end", INVALID, { now: NOW + 40 * DAY }],
	["a certificate before its beginning", INVALID, { now: NOW - 2 * DAY }],
	["a certificate near its end, and a message of long ago", VALID, { now: NOW + 29 * DAY }],
	["a certificate of another name", INVALID, { by: certificate("www.sandbox.paypal.com", { by: root, key: leaf }) }],
	["a name that only begins well", INVALID, { by: certificate("messageverificationcerts.paypal.com.evil.example", { by: root, key: leaf }) }],
	["a certificate that vouches for itself", INVALID, { by: certificate(NAME, { key: leaf }) }],
	["a certificate of an authority of the same name", INVALID, { by: certificate(NAME, { by: otherRoot, key: leaf }) }],
	["other roots", INVALID, { roots: otherRoot.pem }],
	["both roots", VALID, { roots: otherRoot.pem + root.pem }],
	["an issuer between, sent along", VALID, { by: deep, cert: deep.pem + between.pem }],
	["an issuer between, not sent along", INVALID, { by: deep }],
	["the issuer's certificate first", INVALID, { by: deep, cert: between.pem + deep.pem }],
	["a certificate for clients only", INVALID, { by: certificate(NAME, { by: root, key: leaf, purpose: "clientAuth" }) }],
	["a certificate signed by SHA-1", INVALID, { by: certificate(NAME, { by: root, key: leaf, digest: "sha1" }) }],
	["a key of 1024 bits", INVALID, { by: certificate(NAME, { by: root, key: 1024 }) }],
	["another key than the certificate's", INVALID, { cert: deep.pem + between.pem }],
	["a file that is no certificate", INVALID, { cert: "<html>not found</html>\n" }],
])
	test(`PayPal's rule and Foyer agree: ${name}`, () => {
		const d = delivery(what);

		assert.equal(official(d), expected, "the rule's verdict");
		assert.equal(oursOf(d, more), expected);
	});

test("PayPal: a key that is none of RSA is not believed", () => {
	const d = delivery(), ec = certificate(NAME, { by: root, key: "ec" });

	d.cert = ec.pem;
	d.headers["PAYPAL-TRANSMISSION-SIG"] = signBy(ec.key, signedText(ID, TIME, WEBHOOK, crc32(d.body)), { padding: undefined });
	assert.equal(official(d), INVALID);
	assert.equal(oursOf(d), INVALID);
});

test("PayPal: of damaged deliveries none is believed that the rule refuses", () => {
	const changes = new Changes(90210), text = "0123456789abcdefABCDEF-:TZ|+/= ";

	for (let i = 0; i < 40; i++) {
		const d = delivery({ body: ROUND }), names = Object.keys(d.headers), name = names[changes.below(names.length)];

		if (i % 4)
			d.headers[name] = changes.damage(Buffer.from(d.headers[name]), text).toString();
		else
			d.body = changes.damage(d.body, "{}[]:,\"\\ \n\r\t0aZ");
		const rule = official({ ...d, headers: Object.fromEntries(Object.entries(d.headers).map(([k, v]) => [k, v.trim()])) });

		/* node's reader of base64 takes what is none, so there the rule is the laxer of the two */
		if (rule === INVALID || /^([\w+/]{4})+([\w+/]{2}==|[\w+/]{3}=)?$/.test(d.headers["PAYPAL-TRANSMISSION-SIG"].trim()))
			assert.equal(oursOf(d), rule, `${name}: ${d.headers[name]}`);
	}
});

test("PayPal: without a certificate at hand, or without our webhook's id, it cannot be told", () => {
	assert.equal(oursOf(delivery(), { cert: undefined }), CANNOT_TELL);
	assert.equal(oursOf(delivery(), { cert: undefined, roots: undefined }), CANNOT_TELL);
	assert.equal(oursOf(delivery({ webhook: "" })), CANNOT_TELL);
	assert.equal(oursOf(delivery(), { settings: {} }), CANNOT_TELL);
	assert.equal(oursOf(delivery(), { cert: undefined, settings: { ...settingsOf(delivery()), paypal_webhook_check: "api" } }), CANNOT_TELL);
	/* what is wrong in any case needs no certificate */
	assert.equal(oursOf(delivery(url(`https://evil.example${path}`)), { cert: undefined }), INVALID);
});

test("no delivery of PayPal's is too old", () => {
	const time = "2020-01-01T00:00:00Z";
	const d = delivery({ text: signedText(ID, time, WEBHOOK, crc32(Buffer.from(PLAIN))), headers: { "PAYPAL-TRANSMISSION-TIME": time } });

	assert.notEqual(oursOf(d), STALE);
	assert.equal(oursOf(d), VALID);
});
