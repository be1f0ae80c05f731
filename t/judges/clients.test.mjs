/*
 * clients.test.mjs - the providers' own clients against the stand-in: it speaks what they speak, and their errors are the errors they make
 * of the real one. Stripe's goes through the judge, who must find nothing wrong with the official client.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import Razorpay from "razorpay";
import { validatePaymentVerification } from "razorpay/dist/utils/razorpay-utils.js";
import Stripe from "stripe";
import { Buyer } from "./buyer.mjs";
import { ABSENT } from "./facts.mjs";
import { proxy, stack } from "./world.mjs";

/* ---- Stripe ---- */

const { hostname, port } = new URL(proxy.urls.stripe ?? stack.provider);
const clientOf = key => new Stripe(key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
const stripe = clientOf(stack.secret("stripe_key")), { errors } = Stripe;

const order = (amount = 1250) => ({
	mode: "payment", client_reference_id: "order 1/ü", expires_at: Math.floor(Date.now() / 1000) + 3600,
	success_url: "https://shop.example/ok?s={CHECKOUT_SESSION_ID}", cancel_url: "https://shop.example/back",
	metadata: { order: "1", note: "a&b=c+d %41" }, payment_intent_data: { metadata: { order: "1" } },
	line_items: [
		{ quantity: 2, price_data: { currency: "gbp", unit_amount: amount, product_data: { name: "Row C, seats 7 & 8" } } },
		{ quantity: 1, price_data: { currency: "gbp", unit_amount: 100, product_data: { name: "Booking fee" } } },
	],
});
const once = () => ({ idempotencyKey: randomUUID() });
const paid = async session => {
	await stack.control({ pay: session.id });
	return stripe.checkout.sessions.retrieve(session.id);
};

test("Stripe's client opens a session, reads it and closes it", async () => {
	const made = await stripe.checkout.sessions.create(order(), once()), read = await stripe.checkout.sessions.retrieve(made.id);

	assert.match(made.id, /^cs_test_/);
	assert.match(made.url, /^http:/);
	assert.deepEqual([read.status, read.payment_status, read.amount_total, read.currency, read.livemode, read.client_reference_id],
		["open", "unpaid", 2600, "gbp", false, "order 1/ü"]);
	assert.deepEqual(read.metadata, { order: "1", note: "a&b=c+d %41" });
	const closed = await stripe.checkout.sessions.expire(made.id);

	assert.equal(closed.status, "expired");
	assert.equal(closed.url, null);
	await assert.rejects(stripe.checkout.sessions.expire(made.id),
		e => e instanceof errors.StripeInvalidRequestError && e.statusCode === 400);
});

test("Stripe's client gets the same answer for the same key, and an error for another request under it", async () => {
	const key = once(), what = order(), first = await stripe.checkout.sessions.create(what, key);
	const again = await stripe.checkout.sessions.create(what, key);

	assert.equal(again.id, first.id);
	assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
	await assert.rejects(stripe.checkout.sessions.create(order(1300), key), e => e instanceof errors.StripeIdempotencyError);
});

test("Stripe's client pays, refunds in part and the rest, and cannot refund more", async () => {
	const session = await paid(await stripe.checkout.sessions.create(order(), once()));

	assert.deepEqual([session.status, session.payment_status], ["complete", "paid"]);
	const payment_intent = session.payment_intent, metadata = { refund: "r1" };
	const part = await stripe.refunds.create({ payment_intent, amount: 600, reason: "requested_by_customer", metadata }, once());

	assert.deepEqual([part.status, part.amount, part.currency, part.payment_intent, part.metadata],
		["succeeded", 600, "gbp", payment_intent, metadata]);
	await assert.rejects(stripe.refunds.create({ payment_intent, amount: 2001 }, once()),
		e => e instanceof errors.StripeInvalidRequestError && e.param === "amount");
	const rest = await stripe.refunds.create({ payment_intent }, once());

	assert.equal(rest.amount, 2000);
	assert.equal((await stripe.refunds.retrieve(rest.id)).id, rest.id);
	assert.deepEqual((await stripe.refunds.list({ payment_intent })).data.map(r => r.id), [rest.id, part.id]);
	await assert.rejects(stripe.refunds.create({ payment_intent }, once()), e => e.code === "charge_already_refunded");
});

test("Stripe's client turns the pages of lists", async () => {
	const ids = [];

	for (let i = 0; i < 3; i++)
		ids.unshift((await stripe.checkout.sessions.create(order(1000 + i), once())).id);
	const found = [];

	for await (const session of stripe.checkout.sessions.list({ limit: 1 })) {
		found.push(session.id);
		if (found.length === 3)
			break;
	}
	assert.deepEqual(found, ids);
});

test("Stripe's client reads the event of a payment", async () => {
	const session = await paid(await stripe.checkout.sessions.create(order(), once()));
	const { data } = await stripe.events.list({ type: "checkout.session.completed", limit: 1 });

	assert.equal(data[0].data.object.id, session.id);
	assert.equal(data[0].data.object.payment_status, "paid");
	assert.equal((await stripe.events.retrieve(data[0].id)).type, "checkout.session.completed");
});

test("Stripe's client knows the stand-in's errors", async () => {
	await assert.rejects(clientOf("sk_test_wrong").checkout.sessions.list({ limit: 1 }),
		e => e instanceof errors.StripeAuthenticationError);
	await assert.rejects(stripe.checkout.sessions.retrieve("cs_test_nobody"),
		e => e.statusCode === 404 && e.code === "resource_missing");
	for (const [status, kind] of [[429, errors.StripeRateLimitError], [500, errors.StripeAPIError]]) {
		await stack.control({ fail: `create:${status}` });
		await assert.rejects(stripe.checkout.sessions.create(order(), once()), e => e instanceof kind && /^req_/.test(e.requestId));
	}
});

test("the judge finds nothing wrong with Stripe's own client but what was meant to be", { skip: !proxy.urls.stripe && ABSENT }, () => {
	const its = proxy.seen.filter(n => /^Stripe\/v1 NodeBindings/.test(n.request.headers["user-agent"] ?? ""));

	assert.ok(its.length > 20);
	assert.deepEqual(its.flatMap(n => n.wrong), ["its key was used before, by another body"]);
});

/* ---- Razorpay ---- */

const razorpayOf = (key_id, key_secret) => {
	const client = new Razorpay({ key_id, key_secret });

	/* it takes no address, and drops the header that keeps refunds from being made twice: on which the stand-in insists */
	client.api.rq.defaults.baseURL = proxy.urls.razorpay ?? `${stack.provider}/razorpay`;
	client.api.rq.interceptors.request.use(rq => {
		if (/\/refund$/.test(rq.url))
			rq.headers.set("X-Refund-Idempotency", randomUUID());
		return rq;
	});
	return client;
};
const razorpay = razorpayOf(stack.secret("razorpay_id"), stack.secret("razorpay_key"));

const link = () => ({
	amount: 2600, currency: "GBP", reference_id: randomUUID().slice(0, 30), expire_by: Math.floor(Date.now() / 1000) + 3600,
	description: "Row C, seats 7 & 8 – ü", customer: { name: "Ana", email: "ana@example.org" }, notify: { sms: false, email: false },
	reminder_enable: false, notes: { order: "1" }, callback_url: "https://shop.example/ok", callback_method: "get",
});
const refused = e => e.statusCode === 400 && e.error.code === "BAD_REQUEST_ERROR";

test("Razorpay's client opens a link, reads it, finds it and closes it", async () => {
	const asked = link(), made = await razorpay.paymentLink.create(asked), read = await razorpay.paymentLink.fetch(made.id);

	assert.match(made.id, /^plink_/);
	assert.match(made.short_url, /^http:/);
	assert.deepEqual([read.status, read.amount, read.amount_paid, read.currency, read.reference_id, read.description, read.notes],
		["created", 2600, 0, "GBP", asked.reference_id, asked.description, { order: "1" }]);
	assert.deepEqual((await razorpay.paymentLink.all({ reference_id: asked.reference_id })).payment_links.map(l => l.id), [made.id]);
	await assert.rejects(razorpay.paymentLink.create(asked), refused, "a reference is used once");
	assert.equal((await razorpay.paymentLink.cancel(made.id)).status, "cancelled");
	await assert.rejects(razorpay.paymentLink.cancel(made.id), refused);
});

test("Razorpay's client pays, refunds in part and the rest, and cannot refund more", async () => {
	const made = await razorpay.paymentLink.create(link());

	await stack.control({ pay: made.id });
	const paidLink = await razorpay.paymentLink.fetch(made.id), id = paidLink.payments[0].payment_id;

	assert.deepEqual([paidLink.status, paidLink.amount_paid], ["paid", 2600]);
	assert.deepEqual([(await razorpay.payments.fetch(id)).status, (await razorpay.payments.fetch(id)).captured], ["captured", true]);
	const part = await razorpay.payments.refund(id, { amount: 600, notes: { refund: "r1" }, receipt: "r1" });

	assert.deepEqual([part.entity, part.amount, part.payment_id, part.receipt, part.notes],
		["refund", 600, id, "r1", { refund: "r1" }]);
	await assert.rejects(razorpay.payments.refund(id, { amount: 2001 }), refused);
	const rest = await razorpay.payments.refund(id, {});

	assert.equal(rest.amount, 2000);
	assert.equal((await razorpay.refunds.fetch(rest.id)).id, rest.id);
	assert.deepEqual((await razorpay.payments.fetchMultipleRefund(id, {})).items.map(r => r.id), [rest.id, part.id]);
	await assert.rejects(razorpay.payments.refund(id, {}), refused);
});

test("Razorpay's helper believes what a browser brings back from the stand-in", async () => {
	const made = await razorpay.paymentLink.create(link()), back = (await new Buyer(stack).press(made.short_url, "pay")).location;
	const { signature, ...given } = Object.fromEntries([...back.searchParams].map(([name, value]) => [name.replace("razorpay_", ""), value]));
	const believed = what => validatePaymentVerification(what, signature, stack.secret("razorpay_key"));

	assert.equal(given.payment_link_id, made.id);
	assert.ok(believed(given));
	assert.ok(!believed({ ...given, payment_link_status: "created" }));
});

test("Razorpay's client knows the stand-in's errors", async () => {
	await assert.rejects(razorpayOf(stack.secret("razorpay_id"), "wrong").paymentLink.fetch("plink_1"), e => e.statusCode === 401);
	await assert.rejects(razorpay.paymentLink.fetch("plink_nobody"), refused);
	await assert.rejects(razorpay.paymentLink.create({ ...link(), colour: "red" }), refused);
	await assert.rejects(razorpay.paymentLink.create({ ...link(), currency: "INR", amount: 99 }), refused);
});
