/* elsewhere.mjs - what somebody does at a provider without Foyer: gives the whole of a payment back. By the payment id Foyer keeps. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const FORM = "application/x-www-form-urlencoded", JSON_TYPE = "application/json";

const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

const told = async (url, type, body, headers) => {
	const rs = await fetch(url, { method: "POST", body, headers: { "Content-Type": type, ...headers } });

	assert.ok(rs.ok, `${url}: ${rs.status}`);
	return rs.json();
};

export const refundElsewhere = {
	stripe: (stack, intent) => told(`${stack.provider}/v1/refunds`, FORM, `payment_intent=${intent}`, {
		Authorization: `Bearer ${stack.secret("stripe_key")}`, "Idempotency-Key": randomUUID() }),
	razorpay: (stack, payment) => told(`${stack.provider}/razorpay/v1/payments/${payment}/refund`, JSON_TYPE, "{}", {
		Authorization: basic(stack.secret("razorpay_id"), stack.secret("razorpay_key")), "X-Refund-Idempotency": randomUUID() }),
	paypal: async (stack, capture) => {
		const api = `${stack.provider}/paypal`;
		const { access_token: token } = await told(`${api}/v1/oauth2/token`, FORM, "grant_type=client_credentials", {
			Authorization: basic(stack.secret("paypal_id"), stack.secret("paypal_key")) });

		return told(`${api}/v2/payments/captures/${capture}/refund`, JSON_TYPE, "{}", {
			Authorization: `Bearer ${token}`, "PayPal-Request-Id": randomUUID() });
	},
};
