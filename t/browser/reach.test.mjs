/*
 * reach.test.mjs - how buyers ask to be told, on a stack that has push and texts: the button and the number, what the worker makes of a
 * message, and the checkout's pictures with both. Chromium's own push service is not asked: what it would answer is put in its place.
 */
import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import test from "node:test";
import { browser } from "./world.mjs";
import { Stack } from "./stack.mjs";
import { Visitor } from "./visitor.mjs";

const KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
const stack = new Stack();

process.on("exit", () => stack.folder && stack.stop());
await stack.start({ config: `push_key = ${KEY}\npush_contact = mailto:it@foyer.example\nsms_url = http://127.0.0.1:9\nsms_user = AC1\n`
	+ "sms_password = x\nsms_from = Foyer\n" });

const keys = createECDH("prime256v1");

keys.generateKeys();
const subscription = { endpoint: "https://fcm.googleapis.com/fcm/send/of-this-test", keys: { p256dh: keys.getPublicKey().toString("base64url"),
	auth: randomBytes(16).toString("base64url") } };

/* Somebody at the checkout, whose browser is allowed to tell them and has that push service. */
const visit = async (options, what) => {
	const v = await Visitor.come(browser, stack, { permissions: ["notifications"], ...options });

	await v.context.addInitScript(given => {
		if (!window.PushManager)
			return;
		let now = null;

		PushManager.prototype.getSubscription = async () => now;
		PushManager.prototype.subscribe = async ({ applicationServerKey }) =>
			(now = { options: { applicationServerKey: applicationServerKey.buffer }, toJSON: () => given, unsubscribe: async () => { now = null; } });
	}, subscription);
	try {
		await what(v);
	} finally {
		await v.leave();
	}
};

const rows = table => stack.number(`SELECT COUNT(*) FROM ${table}`);

test("a press on the button lets this browser be told, another one takes it back", { timeout: 60000 }, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-3"), 2);
	await v.page.getByRole("button", { name: "Tell me two minutes before the end" }).click();
	await v.page.getByText("This device tells you two minutes before the end").waitFor();
	assert.deepEqual(stack.sql("SELECT endpoint, point, auth FROM push_browsers"), [[subscription.endpoint, subscription.keys.p256dh,
		subscription.keys.auth]]);
	await v.look("checkout-told", { all: true });
	await v.page.getByRole("button", { name: "Do not tell me" }).click();
	await v.page.getByRole("button", { name: "Tell me two minutes before the end" }).waitFor();
	assert.equal(rows("push_browsers"), 0);
}));

test("the worker shows what it is told, once for the same seats, and a press opens their page", { timeout: 60000 }, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-3"), 1);
	const cdp = await v.context.newCDPSession(v.page);
	const registered = new Promise(done => cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) =>
		registrations.length && done(registrations[0].registrationId)));

	await cdp.send("ServiceWorker.enable");
	await v.page.getByRole("button", { name: "Tell me two minutes before the end" }).click();
	await v.page.getByText("This device tells you").waitFor();
	const registrationId = await registered;

	for (const title of ["A1: yours until 19:42", "Booked: The Storm"])
		await cdp.send("ServiceWorker.deliverPushMessage", { origin: stack.url, registrationId,
			data: JSON.stringify({ title, body: "The Storm.", path: "/bookings/of-this-test", tag: "seats" }) });
	const shown = () => v.page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications())
		.map(n => ({ title: n.title, body: n.body, tag: n.tag, path: n.data.path })));

	for (let i = 0; i < 100 && (await shown())[0]?.title !== "Booked: The Storm"; i++)
		await new Promise(done => setTimeout(done, 100));
	assert.deepEqual(await shown(), [{ title: "Booked: The Storm", body: "The Storm.", tag: "seats", path: "/bookings/of-this-test" }]);

	const opened = await v.context.serviceWorkers()[0].evaluate(async () => {
		const [notification] = await self.registration.getNotifications();

		return new Promise(done => {
			self.clients.openWindow = async href => done(href);
			self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
		});
	});

	assert.equal(opened, `${stack.url}/bookings/of-this-test`);
}));

test("a number is asked for, kept when it is wrong, and Enter pays all the same", { timeout: 60000 }, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-3"), 2);
	await v.fillIn();
	await v.page.locator("#mobile").fill("07700 900123");
	await v.page.getByRole("button", { name: "Text me before my time ends" }).click();
	await v.page.getByText("it needs the country’s code").waitFor();
	assert.equal(await v.page.locator("#email").inputValue(), "ana@example.org");
	assert.equal(await v.page.locator("#mobile").inputValue(), "07700 900123");
	await v.look("checkout-number-wrong");
	await v.page.locator("#mobile").fill("+44 7700 900123");
	await v.page.getByRole("button", { name: "Text me before my time ends" }).click();
	await v.page.getByText("We will text +447700900123").waitFor();
	assert.equal(await v.page.locator("#email").inputValue(), "ana@example.org", "what was typed survives");
	await v.look("checkout-texted");
	assert.equal(rows("buyer_phones"), 1);
	await v.page.locator("#mobile").press("Enter");
	await v.page.waitForURL(url => url.origin !== stack.url);
}));

test("without a script there is the number, and no button that could do nothing", { timeout: 60000 }, () => visit({ js: false }, async v => {
	await v.findSeats(stack.show("lumiere-3"), 1);
	assert.equal(await v.page.getByRole("button", { name: "Tell me two minutes" }).count(), 0);
	await v.page.locator("#mobile").fill("+44 7700 900123");
	await v.page.getByRole("button", { name: "Text me before my time ends" }).click();
	await v.page.getByText("We will text +447700900123").waitFor();
}));
