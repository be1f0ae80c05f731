/*
 * money_back.test.mjs - several ways to pay, and tickets given back: with a script and without, by the keyboard, on the phone; and the
 * papers that a buyer may keep.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { PHONE, WIDE } from "./visitor.mjs";
import { stack, visit } from "./world.mjs";

const LONG = { timeout: 90000 };

const ways = v => v.page.locator("#ways input[name=provider]").evaluateAll(list => list.map(i => i.value));

/* A show whose tickets can be given back: of those that start late enough for it. */
const forgiving = city => stack.number(`SELECT s.show_id FROM shows s JOIN show_sales k ON k.show_id = s.show_id
	JOIN cities c ON c.city_id = s.city_id JOIN halls h ON h.hall_id = s.hall_id WHERE c.slug = '${city}' AND k.cancel_hours IS NOT NULL
	AND k.cancel_fee_minor > 0 AND NOT h.by_section AND k.starts_at > UTC_TIMESTAMP() + INTERVAL 2 DAY AND k.sales_from < UTC_TIMESTAMP()
	AND (SELECT COUNT(*) FROM show_seats x WHERE x.show_id = s.show_id AND x.status = 'available') > 40 ORDER BY s.show_id LIMIT 1`);

test("the ways to pay are those that take the currency", LONG, () => visit({}, async v => {
	for (const [city, expected] of [["london", ["stripe", "razorpay", "paypal"]], ["mumbai", ["stripe", "razorpay"]],
	    ["osaka", ["stripe", "razorpay", "paypal"]]]) {
		await v.findSeats(forgiving(city));
		assert.deepEqual(await ways(v), expected, city);
	}
	await v.look("checkout-three-ways", { all: true });
}));

for (const provider of ["stripe", "razorpay", "paypal"])
	for (const js of [true, false])
		test(`paying by ${provider} ${js ? "with a script" : "without any script"}`, LONG, () => visit({ js, width: PHONE }, async v => {
			await v.findSeats(forgiving("london"));
			await v.fillIn();
			await v.page.locator(`#ways input[value=${provider}]`).check();
			await v.pay();
			await v.untilTickets();
			assert.match(await v.heading(), /You’re going to/);
			if (js)
				await v.look(`tickets-by-${provider}`);
		}));

test("one ticket goes back, then the other, without any script", LONG, () => visit({ js: false, width: PHONE }, async v => {
	await v.findSeats(forgiving("london"));
	await v.fillIn();
	await v.page.locator("#ways input[value=paypal]").check();
	await v.pay();
	await v.untilTickets();
	await v.page.getByRole("link", { name: "Give tickets back" }).click();
	await v.page.getByRole("button", { name: "See what comes back" }).click();
	assert.match(await v.page.locator(".wrong").innerText(), /Please choose at least one ticket/);
	await v.page.locator("input[name=seat]").first().check();
	await v.page.getByRole("button", { name: "See what comes back" }).click();
	await v.page.getByRole("button", { name: /^Give back, get £/ }).click();
	await v.page.waitForURL(/\?given=1/);
	assert.match(await v.heading(), /You’re going to/);
	assert.equal(await v.page.locator(".qr svg").count(), 1);
	await v.page.getByRole("link", { name: "Give tickets back" }).click();
	await v.page.locator("input[name=seat]").first().check();
	await v.page.getByRole("button", { name: "See what comes back" }).click();
	await v.page.getByRole("button", { name: /^Give back, get £/ }).click();
	await v.page.waitForURL(/\?given=1/);
	assert.match(await v.heading(), /^Cancelled:/);
	assert.equal(await v.page.locator(".qr svg").count(), 0);
}));

test("every page of giving tickets back, and the papers", LONG, () => visit({ width: WIDE }, async v => {
	await v.findSeats(forgiving("osaka"));
	await v.fillIn();
	await v.page.locator("#ways input[value=razorpay]").check();
	await v.pay();
	await v.untilTickets();
	const tickets = v.page.url().replace(/\?.*/, "");

	for (const paper of [`${tickets}.pdf`, `${tickets}/receipt.pdf`]) {
		const answer = await fetch(paper);

		assert.equal(answer.headers.get("content-type"), "application/pdf");
		assert.match(Buffer.from(await answer.arrayBuffer()).toString("latin1"), /^%PDF-/);
	}
	await v.go(`${tickets}/cancel`);
	await v.look("give-back", { all: true });
	await v.page.locator("input[name=seat]").first().press("Space");
	await v.page.getByRole("button", { name: "See what comes back" }).press("Enter");
	await v.page.waitForLoadState();
	await v.look("give-back-sure", { all: true });
	await v.lookLarge("give-back-sure");
	await v.page.getByRole("button", { name: /^Give back/ }).click();
	await v.page.waitForURL(/\?given=1/);
	await v.look("given-back", { all: true });
	stack.sql("UPDATE refunds SET due_at = TIMESTAMPADD(SECOND, -60, due_at)");
	await stack.reap();
	await v.go(tickets);
	assert.match(await v.page.locator(".money").innerText(), /went back to the card or account you paid with/);
	await v.look("money-back");
}));
