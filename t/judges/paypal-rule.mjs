/*
 * paypal-rule.mjs - PayPal's documented rule for its messages, written a second time: no library of PayPal's checks them. The chain is
 * judged by the openssl command, the signature by node.
 */
import { constants, sign, verify, X509Certificate } from "node:crypto";
import { trusted } from "./pki.mjs";

export const HOSTS = { sandbox: ["api.sandbox.paypal.com", "api-m.sandbox.paypal.com"], live: ["api.paypal.com", "api-m.paypal.com"] };

export const placesOf = hosts => hosts.map(host => `https://${host}/v1/notifications/certs/`);

/* zlib's: polynomial 0xEDB88320, as an unsigned number. */
export const crc32 = bytes => {
	let crc = 0xffffffff;

	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
	}
	return (crc ^ 0xffffffff) >>> 0;
};

export const signedText = (id, time, webhook, crc) => `${id}|${time}|${webhook}|${crc}`;

export const signBy = (key, text, { digest = "sha256", padding = constants.RSA_PKCS1_PADDING } = {}) =>
	sign(digest, Buffer.from(text), { key, padding }).toString("base64");

const NEEDED = ["PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME", "PAYPAL-TRANSMISSION-SIG", "PAYPAL-CERT-URL", "PAYPAL-AUTH-ALGO"];

const fetchable = (url, places) => places.some(place => url.startsWith(place) && /^[A-Za-z0-9_-]+$/.test(url.slice(place.length)));

/* headers: an object with those very names. True: PayPal's. */
export const paypalSays = ({ headers, body, webhook, cert, roots, now, places }) => {
	const [id, time, signature, url, algorithm] = NEEDED.map(name => headers[name]);

	if (!id || !time || !signature || !url || algorithm !== "SHA256withRSA" || !fetchable(url, places) || !trusted(cert, roots, now))
		return false;
	const leaf = new X509Certificate(cert), text = signedText(id, time, webhook, crc32(body));

	return /^CN=messageverificationcerts[a-z0-9.-]*\.paypal\.com$/m.test(leaf.subject) && leaf.publicKey.asymmetricKeyType === "rsa" &&
		verify("sha256", Buffer.from(text), leaf.publicKey, Buffer.from(signature, "base64"));
};
