/*
 * signing.test.mjs - deliveries as Stripe and Razorpay sign them: their own libraries sign and judge, and Foyer must say the same. A
 * library works on text, so where a body is no UTF-8 the judge is the documented rule over the bytes.
 */
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import test from "node:test";
import Razorpay from "razorpay";
import Stripe from "stripe";
import { Changes } from "./changes.mjs";
import { CANNOT_TELL, configOf, fileOf, headersText, INVALID, run, STALE, USAGE, VALID, verdict } from "./operator.mjs";

const NOW = 1790000000;
const EVENT = '{"id":"evt_1","object":"event","type":"checkout.session.completed","data":{"object":{"id":"cs_test_1"}}}';

/* ---- Stripe ---- */

const { webhooks } = new Stripe("sk_test_judge");
const SECRET = "whsec_test_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", OTHER = "whsec_test_another", RETIRED = "whsec_test_retired";

const signed = (body, { secret = SECRET, at = NOW, scheme = "v1" } = {}) =>
	webhooks.generateTestHeaderString({ payload: body, secret, timestamp: at, scheme });
const parts = header => header.split(",").slice(1).join(",");

/* What Stripe's library says; of several secrets, the best it says. A body that is no JSON is refused only after the signature held. */
const stripeOne = (body, header, secret, now) => {
	try {
		webhooks.constructEvent(body.length ? body : "", header, secret, 300, undefined, now * 1000);
		return VALID;
	} catch (e) {
		return e instanceof SyntaxError ? VALID : /Timestamp outside the tolerance zone/.test(e.message) ? STALE : INVALID;
	}
};
const rank = [VALID, STALE, INVALID];
const stripeSays = (body, header, secrets, now) =>
	rank[Math.min(...secrets.map(secret => rank.indexOf(stripeOne(body, header, secret, now))))];

const stripeVerdict = (body, header, { secrets = [SECRET], now = NOW, name = "Stripe-Signature", ...more } = {}) => verdict({
	provider: "stripe", headers: [["Host", "tickets.example"], ["Content-Type", "application/json; charset=utf-8"], [name, header]],
	body, now, settings: { stripe_secret_key: "sk_test_x", stripe_webhook_secrets: secrets.join(",") }, ...more });

const CRLF = EVENT.replaceAll(",", ",\r\n"), LONG = JSON.stringify({ id: "evt_2", object: "event", filler: "é€𝄞".repeat(20000) });

for (const [name, expected, body, header, more = {}] of [
	["a good delivery", VALID, EVENT, signed(EVENT)],
	["header names in small letters", VALID, EVENT, signed(EVENT), { name: "stripe-signature" }],
	["a headers file with CRLF", VALID, EVENT, signed(EVENT), { lineEnd: "\r\n" }],
	["two v1, the second of which fits", VALID, EVENT, `${signed(EVENT, { secret: RETIRED })},${parts(signed(EVENT))}`],
	["two v1, none of which fits", INVALID, EVENT, `${signed(EVENT, { secret: RETIRED })},${parts(signed(EVENT, { secret: OTHER }))}`],
	["eight v1, the last of which fits", VALID, EVENT,
		`t=${NOW},${Array.from({ length: 7 }, (_, i) => parts(signed(EVENT, { secret: `whsec_${i}` }))).join(",")},${parts(signed(EVENT))}`],
	["v0 beside a good v1", VALID, EVENT, `${signed(EVENT)},v0=${parts(signed(EVENT)).slice(3)}`],
	["v0 alone, right as it may be", INVALID, EVENT, signed(EVENT, { scheme: "v0" })],
	["a good v0 beside a wrong v1", INVALID, EVENT, `${signed(EVENT, { secret: OTHER })},v0=${parts(signed(EVENT)).slice(3)}`],
	["v1 before t", VALID, EVENT, `${parts(signed(EVENT))},t=${NOW}`],
	["an age of 300 s", VALID, EVENT, signed(EVENT, { at: NOW - 300 })],
	["an age of 301 s", STALE, EVENT, signed(EVENT, { at: NOW - 301 })],
	["an old one that is not signed either", INVALID, EVENT, signed(EVENT, { at: NOW - 301, secret: OTHER })],
	["a time to come", VALID, EVENT, signed(EVENT, { at: NOW + 100000 })],
	["another time than was signed", INVALID, EVENT, signed(EVENT).replace(`t=${NOW}`, `t=${NOW + 1}`)],
	["a changed byte", INVALID, EVENT.replace("cs_test_1", "cs_test_2"), signed(EVENT)],
	["the same JSON, spaced otherwise", INVALID, JSON.stringify(JSON.parse(EVENT), null, 1), signed(EVENT)],
	["CRLF in the body", VALID, CRLF, signed(CRLF)],
	["CRLF in the body that became LF", INVALID, CRLF.replaceAll("\r\n", "\n"), signed(CRLF)],
	["a newline at the end, signed", VALID, `${EVENT}\n`, signed(`${EVENT}\n`)],
	["a newline at the end, not signed", INVALID, `${EVENT}\n`, signed(EVENT)],
	["a body that is no JSON", VALID, "hello", signed("hello")],
	["a body of many bytes, most of them no ASCII", VALID, LONG, signed(LONG)],
	["a NUL in the body", VALID, `${EVENT}\0`, signed(`${EVENT}\0`)],
	["an empty body", INVALID, "", `t=${NOW},v1=${createHmac("sha256", SECRET).update(`${NOW}.`).digest("hex")}`],
	["an empty header", INVALID, EVENT, ""],
	["no time", INVALID, EVENT, parts(signed(EVENT))],
	["no signature", INVALID, EVENT, `t=${NOW}`],
	["a signature cut short", INVALID, EVENT, signed(EVENT).slice(0, -1)],
	["a signature in capitals", INVALID, EVENT, `t=${NOW},v1=${parts(signed(EVENT)).slice(3).toUpperCase()}`],
	["an empty signature", INVALID, EVENT, `t=${NOW},v1=`],
	["another secret", INVALID, EVENT, signed(EVENT, { secret: OTHER })],
	["the new secret while two are in use", VALID, EVENT, signed(EVENT, { secret: OTHER }), { secrets: [OTHER, SECRET] }],
	["the old secret while two are in use", VALID, EVENT, signed(EVENT), { secrets: [OTHER, SECRET] }],
	["the old secret when it is gone", INVALID, EVENT, signed(EVENT), { secrets: [OTHER] }],
])
	test(`Stripe's library and Foyer agree: ${name}`, () => {
		const official = stripeSays(Buffer.from(body), header, more.secrets ?? [SECRET], NOW);

		assert.equal(official, expected, "the library's verdict");
		assert.equal(stripeVerdict(body, header, more), official);
	});

test("Stripe: a body that is no UTF-8 is judged by its bytes", () => {
	const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')]);
	const mac = createHmac("sha256", SECRET).update(`${NOW}.`).update(body).digest("hex");

	assert.equal(stripeVerdict(body, `t=${NOW},v1=${mac}`), VALID);
	/* what a reader of text would have signed */
	assert.equal(stripeVerdict(body, signed(body.toString("utf8"))), INVALID);
});

test("Stripe: of damaged deliveries none is believed that the library refuses, and of the documented form none the other way", () => {
	const changes = new Changes(17);
	let same = 0;

	for (let i = 0; i < 80; i++) {
		const inHeader = i % 4 > 0, good = `${signed(EVENT, { secret: OTHER })},${parts(signed(EVENT))},v0=${"0".repeat(64)}`;
		const header = inHeader ? changes.damage(Buffer.from(good), "0123456789abcdeft=v,. ").toString() : good;
		const body = inHeader ? Buffer.from(EVENT) : changes.damage(Buffer.from(EVENT), "{}[]:,\"\\ \n\r\t0aZ");
		const official = stripeSays(body, header, [SECRET], NOW), ours = stripeVerdict(body, header);

		if (official !== VALID || /^t=\d+(,v\d+=[0-9a-f]*)+$/.test(header))
			assert.equal(ours, official, `${header}\n${body}`);
		same += ours === official;
	}
	assert.ok(same > 60, "most of the damage leads to a verdict that both share");
});

/* ---- Razorpay ---- */

const RZP = "rzp_whsec_5up3r", RZP_OLD = "rzp_old_secret";
const PAID = '{"entity":"event","account_id":"acc_1","event":"payment_link.paid","contains":[],"payload":{},"created_at":1789999990}';

const rzpSigned = (body, secret = RZP) => createHmac("sha256", secret).update(body).digest("hex");
const rzpSays = (body, signature, secrets) =>
	secrets.some(secret => Razorpay.validateWebhookSignature(body, signature, secret)) ? VALID : INVALID;
const RZP_KEY = { razorpay_key_id: "rzp_test_judge00000000", razorpay_key_secret: "key_secret_of_the_judge" };
const rzpVerdict = (body, signature, more = {}) => {
	const { secrets = [RZP], name = "X-Razorpay-Signature", id = [["x-razorpay-event-id", "QEvT1"]], ...rest } = more;

	return verdict({ provider: "razorpay", headers: [["Host", "tickets.example"], ...id, [name, signature]], body, now: NOW,
		settings: { ...RZP_KEY, razorpay_webhook_secrets: secrets.join(",") }, ...rest });
};

for (const [name, expected, body, signature, more = {}] of [
	["a good delivery", VALID, PAID, rzpSigned(PAID)],
	["no event id", VALID, PAID, rzpSigned(PAID), { id: [] }],
	["header names in small letters, CRLF between them", VALID, PAID, rzpSigned(PAID), { name: "x-razorpay-signature", lineEnd: "\r\n" }],
	["a changed byte", INVALID, PAID.replace("paid", "piad"), rzpSigned(PAID)],
	["the same JSON, spaced otherwise", INVALID, JSON.stringify(JSON.parse(PAID), null, 1), rzpSigned(PAID)],
	["a newline at the end, signed", VALID, `${PAID}\n`, rzpSigned(`${PAID}\n`)],
	["a newline at the end, not signed", INVALID, `${PAID}\n`, rzpSigned(PAID)],
	["CRLF and letters of all the world", VALID, "{\r\n\"a\":\"ä€𝄞\"}", rzpSigned("{\r\n\"a\":\"ä€𝄞\"}")],
	["another secret", INVALID, PAID, rzpSigned(PAID, "nobody's")],
	["the new secret while two are in use", VALID, PAID, rzpSigned(PAID), { secrets: [RZP, RZP_OLD] }],
	["the old secret while two are in use", VALID, PAID, rzpSigned(PAID, RZP_OLD), { secrets: [RZP, RZP_OLD] }],
	["the old secret when it is gone", INVALID, PAID, rzpSigned(PAID, RZP_OLD)],
	["a signature cut short", INVALID, PAID, rzpSigned(PAID).slice(0, -1)],
	["a signature in capitals", INVALID, PAID, rzpSigned(PAID).toUpperCase()],
	["two signatures in one header", INVALID, PAID, `${rzpSigned(PAID)},${rzpSigned(PAID)}`],
	["an empty signature", INVALID, PAID, ""],
])
	test(`Razorpay's library and Foyer agree: ${name}`, () => {
		const official = rzpSays(body, signature, more.secrets ?? [RZP]);

		assert.equal(official, expected, "the library's verdict");
		assert.equal(rzpVerdict(body, signature, more), official);
	});

test("Razorpay: a body that is no UTF-8 is judged by its bytes", () => {
	const body = randomBytes(500);

	assert.equal(rzpVerdict(body, rzpSigned(body)), VALID);
	assert.equal(rzpVerdict(Buffer.concat([body, body]), rzpSigned(body)), INVALID);
});

test("Razorpay: a delivery without its signature, or without a body, is none", () => {
	assert.equal(rzpVerdict(PAID, rzpSigned(PAID), { name: "X-Another-Header" }), INVALID);
	/* the library would take an empty body; there is no such event */
	assert.equal(rzpVerdict("", rzpSigned("")), INVALID);
});

test("Razorpay: of damaged deliveries none is believed", () => {
	const changes = new Changes(4711);

	for (let i = 0; i < 40; i++) {
		const body = i % 2 ? changes.damage(Buffer.from(PAID), "{}[]:,\"\\ \n\r\t0aZ") : Buffer.from(PAID);
		const signature = i % 2 ? rzpSigned(PAID) : changes.damage(Buffer.from(rzpSigned(PAID)), "0123456789abcdefABCDEF,= ").toString();

		assert.equal(rzpVerdict(body, signature), rzpSays(body.toString(), signature.trim(), [RZP]), `${signature}\n${body}`);
	}
});

/* ---- how it is asked ---- */

test("without what a signature is checked with, the answer is that it cannot be told", () => {
	const headers = [["Stripe-Signature", signed(EVENT)], ["X-Razorpay-Signature", rzpSigned(EVENT)]];

	for (const [provider, settings] of [
		["stripe", {}], ["stripe", { stripe_secret_key: "sk_test_x" }], ["razorpay", {}], ["razorpay", RZP_KEY],
	])
		assert.equal(verdict({ provider, headers, body: EVENT, now: NOW, settings }), CANNOT_TELL, provider);
});

test("wrong usage and files that cannot be read are told apart from verdicts", () => {
	const good = { provider: "stripe", headers: fileOf(headersText([["Stripe-Signature", signed(EVENT)]])), body: fileOf(EVENT), now: NOW,
		config: configOf({ stripe_secret_key: "sk_test_x", stripe_webhook_secrets: SECRET }) };
	const nowhere = `${good.body}.nowhere`;

	assert.equal(run(good), VALID);
	for (const wrong of [{ headers: nowhere }, { body: nowhere }, { config: nowhere }, { cert: nowhere }, { roots: nowhere }, { headers: "/" },
		{ now: "yesterday" }, { now: "-1" }, { provider: undefined }, { headers: undefined }, { body: undefined }, { "no-such-option": "x" },
		{ config: fileOf("no such line\n") }])
		assert.equal(run({ ...good, ...wrong }), USAGE, JSON.stringify(wrong));
});
