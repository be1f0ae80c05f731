/* money.test.mjs - amounts of no, two and three decimals, from the plan through the checkout to the tickets: everywhere the same sum. */
import assert from "node:assert/strict";
import test from "node:test";
import { PHONE, WIDE } from "./visitor.mjs";
import { stack, visit } from "./world.mjs";

/* One hall of each city of the demonstration, how its amounts are written, and what stands above and below the total. */
const houses = [
	{ hall: "lumiere-1", amount: /^£\d+\.\d\d$/, added: ["Booking fee"], contained: ["Contains VAT 20 %"] },
	{ hall: "sagar-1", amount: /^₹(\d,)?\d+\.\d\d$/, added: ["Convenience fee 8 %", "GST 18 %"], contained: [] },
	{ hall: "yodo-1", amount: /^¥(\d,)?\d+$/, added: ["System fee"], contained: ["Contains Consumption tax 10 %"] },
	{ hall: "marsa-screen", amount: /^KWD \d+\.\d\d0$/, added: ["Booking fee"], contained: [] },
	{ hall: "bada-1", amount: /^₩\d+,\d\d\d$/, added: ["Booking fee"], contained: ["Contains VAT 10 %"] },
];
const minor = text => Number(text.replace(/\D/g, ""));

/* The lines of what an order comes to: [name, amount as written]. */
const sums = v => v.page.locator(".sums > div").evaluateAll(rows =>
	rows.map(r => [r.querySelector("dt").innerText, r.querySelector("dd").innerText]));

const checkSums = (lines, house, total) => {
	const at = lines.findIndex(([name]) => name === "Total");

	for (const [, amount] of lines)
		assert.match(amount, house.amount);
	assert.equal(lines[at][1], total);
	assert.deepEqual(lines.slice(0, at).map(l => l[0]), ["Tickets before fees and taxes", ...house.added]);
	assert.deepEqual(lines.slice(at + 1).map(l => l[0]), house.contained);
	assert.equal(lines.slice(0, at).reduce((sum, l) => sum + minor(l[1]), 0), minor(total), "the lines come to the total");
};

for (const house of houses)
	test(`two seats in ${house.hall} cost the same on every page`, { timeout: 60000 }, () => visit({ width: WIDE }, async v => {
		await v.go(`/shows/${stack.show(house.hall)}`);
		const prices = await v.page.locator(".chip b").allInnerTexts();

		assert.ok(prices.length);
		for (const price of prices)
			assert.match(price, house.amount);
		await v.tickTogether(2);
		const [, total] = (await v.page.locator(".bar .sum").innerText()).match(/· (.+) with all fees$/);

		await v.page.locator(".bar button.main").click();
		await v.page.waitForURL(/\/holds\//);
		checkSums(await sums(v), house, total);
		const seats = await v.page.locator(".basket .price").allInnerTexts();

		assert.equal(seats.reduce((sum, price) => sum + minor(price), 0), minor(total), "and so do the seats, with all fees");
		assert.equal(await v.page.locator("#pay button.main").innerText(), `Pay ${total}`);
		await v.look(`money-checkout-${house.hall}`);
		await v.fillIn();
		await v.pay();
		await v.untilTickets();
		checkSums(await sums(v), house, total);
		await v.look(`money-tickets-${house.hall}`);
	}));

test("the cities stand side by side", { timeout: 60000 }, () => visit({ width: PHONE }, async v => {
	await v.go("/");
	assert.deepEqual(await v.page.locator(".citycard b").allInnerTexts(), ["London", "Mumbai", "Osaka", "Kuwait City", "Busan"]);
	for (const city of ["kuwait-city", "busan"]) {
		await v.go(`/${city}`);
		await v.look(`city-${city}`);
	}
}));
