/* vectors.test.mjs - every recorded delivery, good and bad, through the operator's tool. Their verdicts are the official libraries'. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { ABSENT, facts } from "./facts.mjs";
import { INVALID, STALE, VALID, verdict } from "./operator.mjs";
import { placesOf } from "./paypal-rule.mjs";

const vectors = facts("psp-vectors.json"), skip = vectors ? false : ABSENT;
const pki = vectors?.paypal_pki;

const joined = texts => Object.values(texts).join("\n");

/* What a provider's vector needs beside its headers, body and time. */
const kinds = {
	stripe: v => ({ settings: { stripe_webhook_secrets: v.secrets.join(","), webhook_age_seconds: v.tolerance } }),
	razorpay: v => ({ settings: { razorpay_webhook_secrets: v.secrets.join(",") } }),
	paypal: v => ({
		settings: { paypal_webhook_id: v.webhook_id, paypal_certificates: placesOf(pki.allowed_cert_hosts).join(",") },
		cert: [pki.certs_by_url[v.headers["PAYPAL-CERT-URL"]], joined(pki.intermediates_pem)].join("\n"), roots: joined(pki.trust_roots_pem),
	}),
};

const wanted = v => v.expect === "valid" ? VALID : /Timestamp outside/.test(v.library_message) ? STALE : INVALID;

for (const [provider, needed] of Object.entries(kinds)) {
	test(`there are recorded deliveries of ${provider}, both good and bad`, { skip }, () => {
		assert.deepEqual(new Set(vectors[provider].map(v => v.expect)), new Set(["valid", "invalid"]));
	});

	for (const v of vectors?.[provider] ?? [])
		test(`recorded, ${provider}: ${v.name}`, () => {
			assert.equal(createHash("sha256").update(v.body).digest("hex"), v.body_sha256, "the body is as it was recorded");
			assert.equal(verdict({ provider, headers: Object.entries(v.headers), body: v.body, now: v.now, ...needed(v) }), wanted(v));
		});
}
