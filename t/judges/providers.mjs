/*
 * providers.mjs - the three providers in one table: where their descriptions are, and what these leave to prose or to ourselves. A stand-in
 * that does not play a provider is said so by its row (missing), and its tests are skipped with that reason.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const basic = shape => ({ test: value => /^Basic [A-Za-z0-9+/]+=*$/.test(value) && shape.test(Buffer.from(value.slice(6), "base64").toString()) });

const basicOf = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

/* A call that is not Foyer's. */
const told = async (url, body, headers) => {
	const rs = await fetch(url, { method: "POST", body, headers });

	assert.ok(rs.ok, `${url}: ${rs.status}`);
	return rs.json();
};

const KEY = /^[\x21-\x7e]{1,255}$/, PAYPAL_KEY = /^[\x21-\x7e]{1,108}$/;

const PAGE = { from: { type: "integer" }, to: { type: "integer" }, count: { type: "integer", maximum: 100 }, skip: { type: "integer" } };

export const PROVIDERS = {
	stripe: {
		file: "stripe-subset.json",
		upstream: "",
		headers: {
			all: { authorization: /^Bearer (sk|rk)_test_\w+$/, "stripe-version": /^\d{4}-\d\d-\d\d\.[a-z]+$/ },
			/* closing a session needs none: it can be closed once only */
			"POST /v1/checkout/sessions": { "idempotency-key": KEY },
			"POST /v1/refunds": { "idempotency-key": KEY },
		},
		profiles: { "POST /v1/checkout/sessions": "hosted_checkout", "POST /v1/refunds": "refund" },
		/* documented by Stripe, and left out of the description */
		query: {
			"GET /v1/checkout/sessions": { created: { type: "object", properties: { gt: { type: "integer" }, gte: { type: "integer" },
				lt: { type: "integer" }, lte: { type: "integer" } } } },
			"GET /v1/checkout/sessions/{session}": { expand: { type: "array", items: { type: "string", enum: ["payment_intent", "line_items"] } } },
		},
		create: "POST /v1/checkout/sessions",
		calls: ["POST /v1/checkout/sessions", "GET /v1/checkout/sessions", "GET /v1/checkout/sessions/{session}",
			"POST /v1/checkout/sessions/{session}/expire", "POST /v1/refunds", "GET /v1/refunds", "GET /v1/refunds/{refund}"],
		later: true,
		refundThere: (stack, intent) => told(`${stack.provider}/v1/refunds`, `payment_intent=${intent}`, {
			Authorization: `Bearer ${stack.secret("stripe_key")}`, "Content-Type": "application/x-www-form-urlencoded",
			"Idempotency-Key": randomUUID() }),
	},
	razorpay: {
		file: "razorpay-subset.json",
		upstream: "/razorpay",
		headers: { all: { authorization: basic(/^rzp_test_\w+:\S+$/) } },
		/* documented by Razorpay, and left out of the description */
		query: {
			"GET /v1/payments/{id}/refunds": PAGE,
			"GET /v1/payment_links": PAGE,
		},
		create: "POST /v1/payment_links",
		calls: ["POST /v1/payment_links", "GET /v1/payment_links", "GET /v1/payment_links/{id}", "POST /v1/payment_links/{id}/cancel",
			"GET /v1/payments/{id}", "POST /v1/payments/{id}/refund", "GET /v1/payments/{id}/refunds", "GET /v1/refunds/{id}"],
		refundThere: (stack, payment) => told(`${stack.provider}/razorpay/v1/payments/${payment}/refund`, "{}", {
			Authorization: basicOf(stack.secret("razorpay_id"), stack.secret("razorpay_key")), "Content-Type": "application/json",
			"X-Refund-Idempotency": randomUUID() }),
		missing: "the stand-in does not play Razorpay",
	},
	paypal: {
		file: "paypal-subset.json",
		upstream: "/paypal",
		headers: {
			open: { authorization: basic(/^[^:\s]+:\S+$/) },
			closed: { authorization: /^Bearer \S+$/ },
			"POST /v2/checkout/orders": { "paypal-request-id": PAYPAL_KEY },
			"POST /v2/checkout/orders/{id}/capture": { "paypal-request-id": PAYPAL_KEY },
			"POST /v2/payments/captures/{capture_id}/refund": { "paypal-request-id": PAYPAL_KEY },
		},
		profiles: { "POST /v2/checkout/orders": "create_order" },
		create: "POST /v2/checkout/orders",
		/* an order that nobody approves needs no closing */
		calls: ["POST /v1/oauth2/token", "POST /v2/checkout/orders", "GET /v2/checkout/orders/{id}", "POST /v2/checkout/orders/{id}/capture",
			"GET /v2/payments/captures/{capture_id}", "POST /v2/payments/captures/{capture_id}/refund", "GET /v2/payments/refunds/{refund_id}",
			"POST /v1/notifications/verify-webhook-signature"],
		later: true,
		/* one call more to judge, each: messages are checked by asking, and an order is gone when its refunds are looked for */
		config: { paypal_webhook_check: "api" },
		lookedFor: { "paypal.fail": "read:404" },
		refundThere: async (stack, capture) => {
			const { access_token } = await told(`${stack.provider}/paypal/v1/oauth2/token`, "grant_type=client_credentials", {
				Authorization: basicOf(stack.secret("paypal_id"), stack.secret("paypal_key")), "Content-Type": "application/x-www-form-urlencoded" });

			return told(`${stack.provider}/paypal/v2/payments/captures/${capture}/refund`, "{}", { Authorization: `Bearer ${access_token}`,
				"Content-Type": "application/json", "PayPal-Request-Id": randomUUID() });
		},
		missing: "the stand-in does not play PayPal",
	},
};
