/*
 * screens.test.mjs - every page in every state it can be in: pictures for people to judge (in $FOYER_BUILD/screens/), and what a
 * machine can judge: axe-core, the HTML checker, no sideways scrolling, no complaint of the browser.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import test from "node:test";
import { pagesFolder, PHONE, screens, WIDE } from "./visitor.mjs";
import { stack, visit } from "./world.mjs";

const SECOND = { timeout: 60000 };
const form = pairs => ({ method: "POST", body: new URLSearchParams(pairs) });

/* Any request, answered in the page as if the browser had made it: for those that no honest page would send. */
const goAs = async (v, path, request) => {
	const answer = await fetch(stack.url + path, { redirect: "manual", ...request });
	const body = await answer.text(), headers = Object.fromEntries(answer.headers);

	delete headers["content-encoding"];
	delete headers["content-length"];
	await v.page.route(stack.url + path, route => route.fulfill({ status: answer.status, headers, body }), { times: 1 });
	await v.go(path);
	return answer.status;
};

const others = (show, ids) => fetch(`${stack.url}/shows/${show}/hold`, { redirect: "manual", ...form(ids.map(id => ["seat", id])) });

const day = ahead => stack.sql(`SELECT CURDATE() + INTERVAL ${ahead} DAY`)[0][0];

/* A show of the demonstration's last chapter. */
const special = where => stack.number(`SELECT s.show_id FROM shows s JOIN show_sales k ON k.show_id = s.show_id
	JOIN events e ON e.event_id = s.event_id JOIN halls h ON h.hall_id = s.hall_id
	WHERE k.starts_at > UTC_TIMESTAMP() AND ${where} ORDER BY s.show_id LIMIT 1`);
const free = "(SELECT COUNT(*) FROM show_seats x WHERE x.show_id = s.show_id AND x.status = 'available')";

/* ---- browsing ---- */

test("what is happening", SECOND, () => visit({}, async v => {
	await others(special(free + " > 20"), [stack.number(`SELECT seat_id FROM show_seats WHERE status = 'available' LIMIT 1`)]);
	await v.go("/activity");
	await v.page.locator("#fresh .live").waitFor();
	await v.look("activity", { all: true });
	await v.lookLarge("activity");
}));

test("front page, city, searches and titles", SECOND, () => visit({}, async v => {
	await v.go("/");
	await v.look("front", { all: true });
	await v.lookLarge("front");
	await v.go("/london");
	await v.look("city", { all: true });
	await v.lookLarge("city");
	await v.go("/mumbai");
	await v.look("city-mumbai");
	await v.go("/osaka");
	await v.look("city-osaka");
	await v.go(`/london?date=${day(1)}&q=ox`);
	await v.look("city-search");
	await v.go(`/london?date=${day(1)}&q=zzzz`);
	assert.match(await v.page.locator(".note").innerText(), /fits what you asked for/);
	await v.look("city-nothing-fits");
	await v.go(`/events/nine-storeys-down?city=london&date=${day(1)}`);
	await v.look("title", { all: true });
	await v.lookLarge("title");
	await v.go(`/events/aunt-philippa?city=london&date=${day(1)}`);
	await v.look("title-long-name");
	await v.lookLarge("title-long-name");
}));

test("days without shows name the nearest that have some", SECOND, () => visit({}, async v => {
	const date = day(12), where = `local_date = '${date}' AND city_id = (SELECT city_id FROM cities WHERE slug = 'osaka')`;

	stack.sql(`UPDATE shows SET listed = 0 WHERE ${where}`);
	await v.go(`/osaka?date=${date}`);
	assert.match(await v.page.locator(".empty").innerText(), /The nearest days that have some/);
	await v.look("city-empty-day", { all: true });
	await v.go(`/events/kujira-no-toshokan?city=osaka&date=${date}`);
	await v.look("title-empty-day");
	stack.sql(`UPDATE shows SET listed = 1 WHERE ${where}`);
}));

test("help pages", SECOND, () => visit({}, async v => {
	for (const page of ["access", "refunds", "terms", "privacy", "contact"]) {
		await v.go(`/help/${page}`);
		await v.look(`help-${page}`);
	}
}));

/* ---- the hall ---- */

test("seat map: empty choice, chosen, every kind of seat", SECOND, () => visit({ width: PHONE }, async v => {
	await v.go(`/shows/${stack.show("lumiere-1")}`);
	await v.picture("map-first-sight-360", PHONE, { whole: false });
	await v.look("map", { all: true });
	await v.lookLarge("map");
	await v.resize(PHONE);
	await v.go(v.page.url());
	await v.tickTogether(2);
	await v.picture("map-chosen-first-sight-360", PHONE, { whole: false });
	await v.look("map-chosen", { all: true });
	await v.go(`/shows/${stack.show("lumiere-2")}`);
	await v.look("map-320-seats");
	await v.go(`/shows/${stack.show("lumiere-studio")}`);
	await v.look("map-48-seats");
	await v.go(`/shows/${stack.show("wick-lane-house")}`);
	await v.look("map-theatre");
}));

test("seat map: a stranger's seats are dashed, high contrast keeps every shape", SECOND, () => visit({}, async v => {
	const show = stack.show("lumiere-3");

	await v.go(`/shows/${show}`);
	const ids = await v.tickTogether(4);

	assert.equal((await others(show, ids.slice(0, 2))).status, 303);
	await v.go(`/shows/${show}`);
	await v.page.locator(".s.h").first().waitFor();		/* the page may be some seconds old, the plan soon is not */
	await v.tickTogether(2);
	await v.look("map-held");
	await v.page.emulateMedia({ forcedColors: "active" });
	await v.picture("map-high-contrast-1280", WIDE);
}));

test("seat map: conflict names what was lost and keeps the rest", SECOND, () => visit({}, async v => {
	const show = stack.show("lumiere-1");

	await v.page.route(/\/seats$|\/live\//, route => route.abort());		/* or the page would know before us */
	await v.go(`/shows/${show}`);
	const ids = await v.tickTogether(2);

	await others(show, [ids[0]]);
	await v.page.locator(".bar button.main").click();
	await v.page.waitForURL(/\/hold$/);
	assert.match(await v.page.locator(".note.bad").innerText(), /was taken a moment ago\.\s+Nothing is held or charged\.\s+.+ is still free and chosen/);
	assert.ok(await v.seat(ids[1]).isChecked());
	await v.look("map-conflict", { all: true });
	await v.resize(PHONE);
	await v.picture("map-conflict-first-sight-360", PHONE, { whole: false });
}));

test("seat map: what the house refuses, and what it offers instead", SECOND, () => visit({}, async v => {
	const seats = (show, where) => stack.sql(`SELECT x.seat_id FROM show_seats x JOIN seats t ON t.seat_id = x.seat_id
		WHERE x.show_id = ${show} AND x.status = 'available' AND ${where} ORDER BY t.plan_row, t.plan_col`).map(r => r[0]);
	const ask = (show, ids) => goAs(v, `/shows/${show}/hold`, form(ids.map(id => ["seat", id])));
	const small = stack.show("lumiere-studio"), large = stack.show("lumiere-2");

	await v.go(`/shows/${small}`);
	const ids = await v.tickTogether(4);

	assert.equal(await ask(small, [ids[1]]), 422);
	assert.match(await v.page.locator(".note").innerText(), /This leaves .+ alone/);
	await v.look("map-alone", { all: true });
	assert.equal(await ask(small, []), 422);
	assert.match(await v.page.locator(".note").innerText(), /No seat was chosen/);
	await v.look("map-nothing-chosen");
	assert.equal(await ask(large, seats(large, "t.kind = 'standard'").slice(0, 9)), 422);
	assert.match(await v.page.locator(".note").innerText(), /8 seats are the most/);
	await v.look("map-too-many");
	assert.equal(await ask(large, seats(large, "t.kind = 'companion'").slice(0, 1)), 422);
	assert.match(await v.page.locator(".note").innerText(), /A companion seat goes with a wheelchair place/);
	await v.look("map-companion-alone");
}));

test("seat map: nearly full, sold out, only singles, not yet on sale, sale closed", SECOND, () => visit({}, async v => {
	await v.go(`/shows/${special(`${free} = 1`)}`);
	await v.look("map-nearly-full", { all: true });
	const gone = special(`${free} = 0`);

	await v.go(`/shows/${gone}`);
	assert.match(await v.page.locator(".note").innerText(), /Sold out/);
	await v.look("map-sold-out", { all: true });
	const singles = special(`h.slug = 'thames-hall-recital' AND s.local_date = '${day(3)}' AND TIME(s.starts_local) = '18:30'`);

	await v.go(`/shows/${singles}`);
	await v.page.getByRole("button", { name: "Find seats" }).click();
	assert.match(await v.page.locator(".note").innerText(), /There are no 2 seats together/);
	await v.look("map-none-together");
	await v.go(`/shows/${special("k.sales_from > UTC_TIMESTAMP()")}`);
	await v.look("map-not-yet");
	await v.go(`/shows/${special("k.sales_until < UTC_TIMESTAMP()")}`);
	await v.look("map-closed");
}));

test("a hall of 1,800 seats: its sections, one of them, two seats chosen", SECOND, () => visit({ width: PHONE }, async v => {
	await v.go(`/shows/${stack.show("thames-hall-great")}`);
	await v.look("hall-1800", { all: true });
	await v.lookLarge("hall-1800");
	await v.page.locator(".sections a:not(.out)").first().click();
	await v.tickTogether(2);
	await v.look("hall-1800-section", { all: true });
}));

/* ---- checkout ---- */

test("checkout: fresh, at 1:30, over; changing seats; what is typed wrongly", { timeout: 90000 }, () => visit({}, async v => {
	const show = stack.show("lumiere-2");

	await v.findSeats(show, 3);
	const url = v.page.url(), hold = stack.newestHold();

	await v.look("checkout", { all: true });
	await v.lookLarge("checkout");
	await v.go(`${url}/seats`);
	await v.look("change-seats");
	await v.go(url);
	await v.page.locator(".basket select").first().selectOption({ index: 1 });
	await v.page.getByRole("button", { name: "5 more minutes" }).click();
	await v.page.waitForURL(/\/holds\//);
	await v.page.waitForLoadState();
	await v.look("checkout-extended");
	await v.page.locator("#pay").evaluate(f => { f.noValidate = true; });
	await v.fillIn({ email: "ana", name: "" });
	await v.page.locator("#pay button.main").click();
	await v.page.waitForLoadState();
	assert.equal(await v.page.locator("#email").inputValue(), "ana", "what was typed is kept");
	await v.look("checkout-typed-wrongly");
	await v.go("/holds");
	await v.look("your-seats-held");
	stack.later(hold, stack.number(`SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), expires_at) FROM holds WHERE hold_id = ${hold}`) - 90);
	await v.go(url);
	assert.match(await v.page.locator(".timer .clock").innerText(), /^1:[23]\d$/);
	await v.look("checkout-ninety-seconds", { all: true });
	stack.later(hold, 120);
	await v.go(url);
	assert.match(await v.heading(), /Time is up/);
	await v.look("checkout-over", { all: true });
	await v.page.getByRole("button", { name: "Take them again" }).click();
	await v.page.waitForURL(/\/holds\//);
	await v.page.getByRole("button", { name: "Give all back" }).click();
	await v.page.waitForURL(/\/holds\//);
	await v.page.waitForLoadState();
	await v.look("checkout-given-back");
}));

test("the nearest seats are offered when time is up and others took them", SECOND, () => visit({}, async v => {
	const show = stack.show("lumiere-1");

	await v.go(`/shows/${show}`);
	const ids = await v.tickTogether(2);

	await v.page.locator(".bar button.main").click();
	await v.page.waitForURL(/\/holds\//);
	stack.later(stack.newestHold(), 700);
	assert.equal((await others(show, ids)).status, 303);
	await v.page.reload();
	await v.look("checkout-over-taken");
}));

test("declined, left without paying, a provider that is silent, a payment under way", { timeout: 90000 }, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-2"));
	const hold = v.page.url();

	await v.fillIn();
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(u => u.origin === stack.provider);
	await v.look("provider");
	await v.page.getByRole("button", { name: /^Decline/ }).click();
	await v.page.locator("[role=alert]").waitFor();
	await v.look("provider-declined");
	await stack.control("late=100ms");
	await v.page.getByRole("button", { name: /the bank says no$/ }).click();
	await v.page.waitForURL(u => u.origin === stack.url);
	for (let i = 0; i < 8 && !/\/holds\//.test(v.page.url()); i++) {
		await v.page.waitForTimeout(1000);
		await v.page.reload();
	}
	await stack.control("clear=all");
	assert.match(await v.page.locator(".note").innerText(), /The payment did not go through and you have not been charged/);
	assert.equal(await v.page.locator("#email").inputValue(), "ana@example.org");
	await v.look("checkout-declined", { all: true });
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(u => u.origin === stack.provider);
	await v.go(hold);
	await v.look("checkout-payment-under-way");
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(u => u.origin === stack.provider);
	await v.page.waitForTimeout(3200);		/* the provider is asked once in three seconds */
	await v.page.getByRole("button", { name: /^Cancel/ }).click();
	await v.page.waitForURL(u => u.origin === stack.url);
	assert.match(await v.page.locator(".note").innerText(), /You have not paid yet and nothing was charged/);
	await v.look("checkout-came-back");
}));

test("the payment's page in another browser, and a way to pay that does not answer", SECOND, async () => {
	let back;

	await visit({}, async v => {
		await v.findSeats(stack.show("lumiere-2"));
		await v.fillIn();
		await stack.control("fail=create:500:9");
		await v.page.locator("#pay button.main").click();
		await v.page.waitForURL(/\/holds\//);
		await v.page.locator(".note.warn").waitFor();
		await v.look("checkout-way-down");
		await stack.control("clear=all");
		await v.page.locator("#pay button.main").click();
		await v.page.waitForURL(u => u.origin === stack.provider);
		v.page.on("request", r => { back = /\/pay\/return\//.test(r.url()) ? r.url() : back; });
		await v.page.getByRole("button", { name: /^Decline/ }).click();
		await v.page.getByRole("button", { name: /^Cancel/ }).click({ timeout: 2000 }).catch(() => {});
		await v.page.waitForURL(u => u.origin === stack.url);
	});
	assert.ok(back, "the return address");
	await visit({}, async v => {
		await v.go(back);
		await v.look("elsewhere");
	});
});

/* ---- waiting, tickets, money back ---- */

test("waiting for the payment, a bank that still checks, then tickets, on paper too", { timeout: 90000 }, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-2"));
	await v.fillIn({ name: "Maximiliana-Theodora Featherstonehaugh-Cholmondeley" });
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(u => u.origin === stack.provider);
	let back;

	await stack.control("webhook=off&fail=read:500:99");
	try {
		await v.page.getByRole("button", { name: /^Pay/ }).first().click();
		await v.page.waitForURL(/\/pay\/return\//);
		back = v.page.url();
		assert.match(await v.heading(), /Thank you/);
		await v.look("waiting", { all: true });
		await v.go(`${back.split("?")[0]}?since=${Math.floor(Date.now() / 1000) - 90}`);
		await v.look("waiting-longer");
	} finally {
		await stack.control("clear=all");
	}
	await v.page.waitForTimeout(3200);		/* the provider is asked once in three seconds */
	await v.go(back);
	await v.untilTickets();
	const tickets = v.page.url().split("?")[0];

	await v.look("tickets-just-paid");
	await v.go(tickets);
	await v.look("tickets", { all: true });
	/* How wide the code is without its quiet zone of four modules a side. */
	const codeWidth = () => v.page.locator(".qr svg").first().evaluate(svg => {
		const modules = svg.viewBox.baseVal.width;

		return svg.getBoundingClientRect().width * (modules - 8) / modules;
	});

	for (const width of [PHONE, WIDE]) {
		await v.resize(width);
		assert.ok(await codeWidth() >= 239.5, `${await codeWidth()} px at ${width}`);
	}
	await v.lookLarge("tickets");
	await v.page.emulateMedia({ media: "print" });
	await v.picture("tickets-print", 794);
	assert.ok(await codeWidth() / 96 * 25.4 >= 35, `${await codeWidth() / 96 * 25.4} mm`);
	for (const hidden of [".top", ".foot", ".acts"])
		assert.ok(!await v.page.locator(hidden).isVisible(), `${hidden} on paper`);
	writeFileSync(join(screens, "tickets.pdf"), await v.page.pdf({ format: "A4", preferCSSPageSize: true }));
	await v.page.emulateMedia({ media: null });
	await v.go("/holds");
	await v.look("your-seats-tickets");
}));

test("a bank that still checks", SECOND, () => visit({}, async v => {
	await v.findSeats(stack.show("lumiere-2"));
	await v.fillIn();
	await stack.control("late=120");
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(u => u.origin === stack.provider);
	await v.page.getByRole("button", { name: /^Pay later \(/ }).click();
	await v.page.waitForLoadState();
	await v.page.waitForURL(u => u.origin === stack.url);
	assert.match(await v.heading(), /Your bank is still checking/);
	await v.look("waiting-review", { all: true });
	await stack.control("clear=all");
}));

test("paid late and the seats are gone: the money goes back, and the page says how far it is", SECOND, () => visit({}, async v => {
	const show = stack.show("lumiere-3");

	await v.go(`/shows/${show}`);
	const ids = await v.tickTogether(2);

	await v.page.locator(".bar button.main").click();
	await v.page.waitForURL(/\/holds\//);
	await v.fillIn();
	await v.page.locator("#pay button.main").click();
	await v.page.waitForURL(u => u.origin === stack.provider);
	stack.later(stack.newestHold(), 1900);
	assert.equal((await others(show, [ids[0]])).status, 303);
	await v.page.getByRole("button", { name: /^Pay/ }).first().click();
	await v.page.waitForURL(/\/pay\/return\//);
	assert.match(await v.page.locator(".lead").innerText(), /arrived after your time ended and .+ had been sold/);
	await v.look("refunding", { all: true });
	stack.sql("UPDATE refunds SET due_at = TIMESTAMPADD(SECOND, -60, due_at)");
	await stack.reap();
	await v.page.waitForTimeout(1500);
	await v.page.reload();
	await v.look("refunded");
}));

test("your seats without any, find my tickets", SECOND, () => visit({}, async v => {
	await v.go("/holds");
	await v.look("your-seats-empty");
	await v.go("/bookings/find");
	await v.look("find");
	await v.page.locator("#reference").fill("K7M 2QX 9TD");
	await v.page.locator("#email").fill("ana@example.org");
	await v.page.getByRole("button", { name: "Send me the link" }).click();
	await v.page.waitForLoadState();
	await v.look("find-sent");
	await v.go("/bookings/find");
	await v.page.locator("form.simple").evaluate(f => { f.noValidate = true; });
	await v.page.locator("#reference").fill("K7");
	await v.page.locator("#email").fill("ana");
	await v.page.getByRole("button", { name: "Send me the link" }).click();
	await v.page.waitForLoadState();
	await v.look("find-typed-wrongly");
}));

/* ---- errors: one face each ---- */

test("errors have one face each and say what now", { timeout: 90000 }, () => visit({}, async v => {
	assert.equal((await v.go("/no-such-place/at-all")).status(), 404);
	await v.look("error-404", { all: true });
	const show = stack.show("lumiere-studio");

	assert.equal(await goAs(v, `/shows/${show}/hold`, form({ seat: "x" })), 400);
	await v.look("error-400");
	assert.equal(await goAs(v, `/shows/${show}/hold`, { ...form({ seat: "1" }), headers: { Origin: "https://example.com" } }), 403);
	await v.look("error-403");
	assert.equal((await v.go(`/shows/${show}/hold`)).status(), 405);
	await v.look("error-405");
	assert.equal(await goAs(v, `/shows/${show}/hold`, form({ seat: "1".repeat(100000) })), 413);
	await v.look("error-413");
	await v.go("/static/429.html");
	await v.look("error-429");
	await v.go("/static/504.html");
	await v.look("error-504");
}));

test("who holds as much as a show allows is led to it", SECOND, () => visit({}, async v => {
	const show = stack.show("lumiere-2");

	await v.findSeats(show, 8);
	await v.findSeats(show, 8);
	await v.go(`/shows/${show}`);
	await v.page.locator("#best").fill("8");
	await v.page.getByRole("button", { name: "Find seats" }).click();
	await v.page.waitForURL(/\/hold$/);
	assert.match(await v.heading(), /You already hold \d+ seats/);
	await v.look("error-hold-limit");
}));

test("the box office or its database is silent: the last pages stay, the rest says so", { timeout: 90000 }, () => visit({}, async v => {
	await v.go("/london");
	await v.findSeats(stack.show("lumiere-2"));
	await v.page.waitForTimeout(1100);		/* what was committed is on disk, for the database will be killed */
	stack.demo("stop", "db");
	try {
		assert.equal((await v.go("/holds")).status(), 503);
		await v.look("error-503", { all: true });
	} finally {
		stack.demo("start", "db");
	}
	stack.demo("stop", "foyerd");
	try {
		assert.equal((await v.go("/london")).status(), 200);
		assert.equal((await v.go("/holds")).status(), 502);
		await v.look("error-502");
	} finally {
		stack.demo("start", "foyerd");
	}
}));

/* ---- the stand-in payment houses ---- */

const atProvider = async (path, body, headers) => {
	const answer = await fetch(stack.provider + path, { method: "POST", body, headers });

	assert.ok(answer.ok, `${path}: ${answer.status}`);
	return answer.json();
};
const basic = (user, password) => `Basic ${Buffer.from(`${stack.secret(user)}:${stack.secret(password)}`).toString("base64")}`;

const razorpayPage = async () => (await atProvider("/razorpay/v1/payment_links", JSON.stringify({ amount: 310000, currency: "INR",
	reference_id: "12-345", description: "A Very Long Title Indeed, Row Q seats 17 and 18, Wick Lane Playhouse" }),
{ Authorization: basic("razorpay_id", "razorpay_key"), "Content-Type": "application/json" })).short_url;

const paypalPage = async () => {
	const token = await atProvider("/paypal/v1/oauth2/token", new URLSearchParams({ grant_type: "client_credentials" }),
		{ Authorization: basic("paypal_id", "paypal_key") });
	const context = { return_url: `${stack.url}/`, cancel_url: `${stack.url}/` };
	const order = await atProvider("/paypal/v2/checkout/orders", JSON.stringify({ intent: "CAPTURE",
		purchase_units: [{ custom_id: "12-346", description: "Two seats", amount: { currency_code: "GBP", value: "31.00" } }],
		payment_source: { paypal: { experience_context: context } } }),
	{ Authorization: `Bearer ${token.access_token}`, "Content-Type": "application/json", "PayPal-Request-Id": "screens" });

	return order.links.find(l => l.rel === "payer-action").href;
};

test("the stand-in payment houses: their pages, and the desk they are played from", { timeout: 90000 }, () => visit({}, async v => {
	const desk = `${stack.provider}/admin`, article = reference => v.page.locator("article", { hasText: reference });

	await v.go(await razorpayPage());
	await v.look("provider-razorpay");
	await v.page.getByRole("button", { name: /^Decline/ }).click();
	await v.page.locator("[role=alert]").waitFor();
	await v.page.getByRole("button", { name: /^Pay ₹/ }).click();
	await v.page.getByRole("heading", { name: "Paid" }).waitFor();
	await v.look("provider-razorpay-paid");
	await v.go(await paypalPage());
	await v.look("provider-paypal");
	await v.go(desk);
	await article("12-346").getByRole("button", { name: "Leave pending" }).click();
	await article("12-346").getByText("approved", { exact: true }).waitFor();
	await article("12-345").getByRole("button", { name: "Dispute" }).click();
	await article("12-345").getByText(/disputed/).waitFor();
	await v.page.getByLabel("What", { exact: true }).selectOption("lose=capture");
	await v.page.getByLabel("Of", { exact: true }).selectOption("paypal");
	await v.page.getByLabel(/its reference/).fill("12-346");
	await v.page.getByRole("button", { name: "Order it" }).click();
	await v.page.locator("code", { hasText: "paypal.lose=capture" }).waitFor();
	await v.look("provider-desk", { all: true });
	await v.lookLarge("provider-desk");
	await v.page.getByRole("button", { name: "Clear paypal.lose=capture" }).click();
	await v.page.getByText("everything goes as it should").waitFor();
	await v.page.getByLabel("What", { exact: true }).selectOption("webhook=off");
	await v.page.getByLabel(/How many times/).fill("2");
	await v.page.getByRole("button", { name: "Order it" }).click();
	await v.page.locator("[role=alert]").waitFor();
	await v.look("provider-desk-not-understood");
}));

/* ---- all pages as they were sent ---- */

test("the Nu HTML checker finds no error in any page", { timeout: 120000 }, () => {
	const jar = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
	const files = readdirSync(pagesFolder).filter(f => f.endsWith(".html")).map(f => join(pagesFolder, f));

	assert.ok(files.length > 50, `only ${files.length} pages`);
	return new Promise((done, failed) => execFile("java", ["-Xss4m", "-jar", jar, "--errors-only", "--format", "json", ...files],
		{ maxBuffer: 1 << 26 }, (error, out, err) => {
			const messages = (JSON.parse(err || "{}").messages || []).filter(m => m.type === "error")
				.map(m => `${m.url.split("/").at(-1)}:${m.lastLine}: ${m.message}\n    ${m.extract}`);

			if (messages.length || error)
				failed(new Error(`${messages.length} errors\n${messages.slice(0, 20).join("\n")}${messages.length ? "" : error}`));
			else
				done();
		}));
});
