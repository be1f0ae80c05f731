/*
 * requests.test.mjs - whole purchases through nginx and foyerd, with a judge between Foyer and each provider: every call must be one that
 * the provider's API knows, and so must be every answer of the stand-in. Then calls are spoilt on their way, and the judge must say so.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { build } from "../browser/stack.mjs";
import { Buyer } from "./buyer.mjs";
import { refundElsewhere } from "./elsewhere.mjs";
import { ABSENT, facts } from "./facts.mjs";
import { PROVIDERS } from "./providers.mjs";
import { SPOILS, WRONG_ANSWERS } from "./spoils.mjs";
import { proxy, stack } from "./world.mjs";

const HALLS = ["lumiere-1", "lumiere-2", "lumiere-3"];
const show = () => stack.show(HALLS[0]);

stack.sql("UPDATE show_sales SET cancel_hours = 2, cancel_fee_minor = 100");

/* What is due at once is done at once. */
const reap = async () => {
	stack.sql(`UPDATE payments SET asked_at = NULL, ask_at = UTC_TIMESTAMP(3) WHERE state IN ('created', 'open', 'capturing');
		UPDATE refunds SET due_at = UTC_TIMESTAMP(3) WHERE state = 'pending'`);
	await stack.reap();
};

const refundsOf = provider => stack.sql(`SELECT r.state, COUNT(*) FROM refunds r JOIN payments p ON p.show_id = r.show_id AND
	p.payment_id = r.payment_id WHERE p.provider = '${provider}' GROUP BY r.state`);

/* The payment that was begun last. */
const newest = provider => {
	const [[session, capture]] = stack.sql(`SELECT session, capture FROM payments WHERE provider = '${provider}' AND session <> ''
		ORDER BY created_at DESC, payment_id DESC LIMIT 1`);

	return { session, capture };
};

/* By the operator. */
const cancel = booking => {
	const reference = booking.text.match(/Reference <b>([A-Z0-9 ]+)<\/b>/)[1].replaceAll(" ", "");

	execFileSync(join(build, "foyerctl"), ["-c", join(stack.folder, "foyer.conf"), "cancel", reference],
		{ env: { ASAN_OPTIONS: "detect_leaks=0", ...process.env } });
};

for (const [provider, rules] of Object.entries(PROVIDERS)) {
	const skip = facts(rules.file) ? false : ABSENT;
	const clean = () => assert.deepEqual(proxy.wrong(provider), []);
	let two, three;

	test(`${provider}: after a refusal the card is taken, and no call is amiss`, { skip }, async () => {
		const ana = new Buyer(stack);

		await ana.take(show(), 2);
		let page = (await ana.startPaying(provider)).location;
		const refused = await ana.press(page, "decline");

		if (refused.location.origin === stack.url) {
			/* where we take the money ourselves, only that brings the refusal to light */
			ana.checkout = await ana.go(refused.location);
			assert.match(ana.checkout.at.pathname, /^\/holds\//);
			page = (await ana.startPaying(provider)).location;
		}
		two = { buyer: ana, booking: await ana.tickets((await ana.press(page, "pay")).location) };
		clean();
	});

	test(`${provider}: a payment of which no message comes is asked for, and no call is amiss`, { skip }, async () => {
		const ana = new Buyer(stack);

		await stack.control({ webhook: "off" });
		three = { buyer: ana, booking: await ana.buy(show(), 3, provider) };
		await stack.control({ webhook: "on" });
		clean();
	});

	test(`${provider}: a payment opens although the first answer is lost, and no call is amiss`, { skip }, async () => {
		const ana = new Buyer(stack), mark = proxy.seen.length;

		await stack.control({ lose: "create" });
		await ana.buy(show(), 1, provider);
		assert.deepEqual(proxy.seen.slice(mark).filter(n => n.answer === null).map(n => n.name), [rules.create], "it was lost");
		clean();
	});

	const noLater = skip || !rules.later && "its page keeps the buyer until the money is there";

	test(`${provider}: a payment that takes its time is asked for, and no call is amiss`, { skip: noLater }, async () => {
		const ana = new Buyer(stack);

		await stack.control({ late: "3600" });
		await ana.take(show(), 1);
		const back = (await ana.press((await ana.startPaying(provider)).location, "later")).location;

		assert.match((await ana.go(back)).at.pathname, /^\/pay\/return\//);
		await reap();
		await stack.control({ pay: newest(provider).session });
		await ana.tickets(back);
		clean();
	});

	test(`${provider}: a page that nobody pays is closed at the hold's end, and no call is amiss`, { skip }, async () => {
		const ana = new Buyer(stack);

		await ana.take(show(), 1);
		assert.ok((await ana.startPaying(provider)).location);
		stack.later(stack.newestHold(), 3600);
		await reap();
		clean();
	});

	test(`${provider}: money goes back in part, also when the answer is lost, and no call is amiss`, { skip }, async () => {
		await stack.control({ webhook: "off", lose: "refund", ...rules.orders });
		assert.match((await two.buyer.giveBack(two.booking, 1)).at.pathname, /^\/bookings\//);
		for (let i = 0; i < 4 && refundsOf(provider).join() !== "done,1"; i++)
			await reap();
		assert.deepEqual(refundsOf(provider), [["done", "1"]]);
		clean();
	});

	test(`${provider}: money goes back in full, also when it takes its time, and no call is amiss`, { skip }, async () => {
		await stack.control({ refund: "later:100ms" });
		cancel(three.booking);
		for (let i = 0; i < 40 && refundsOf(provider).join() !== "done,2"; i++)
			await reap();
		assert.deepEqual(refundsOf(provider), [["done", "2"]]);
		await stack.control({ webhook: "on" });
		clean();
	});

	test(`${provider}: money that went back at the provider's own pages is looked for, and no call is amiss`, { skip }, async () => {
		await stack.control({ webhook: "off" });
		const booking = await new Buyer(stack).buy(show(), 1, provider);

		await refundElsewhere[provider](stack, newest(provider).capture);
		cancel(booking);
		await reap();
		await stack.control({ webhook: "on" });
		clean();
	});

	test(`${provider}: the calls that were judged are all that Foyer makes`, { skip }, () => {
		assert.deepEqual(Object.keys(proxy.calls(provider)).sort(), [...rules.calls].sort());
	});

	/* The judge must say this, and nothing else. */
	const hears = (said, wrong) => {
		assert.ok(said.length > 0, "the judge said nothing");
		for (const one of said)
			assert.match(one, wrong);
	};
	const { judge } = proxy.mounts.find(m => m.name === provider) ?? {};
	const made = call => structuredClone(proxy.seen.find(n => n.provider === provider && n.name === call && n.answer));

	for (const { what, call, change, wrong } of SPOILS[provider])
		test(`${provider}: the judge notices ${what}`, { skip }, async () => {
			if (call !== rules.create) {
				/* one that was made before; it is not made again */
				const { request } = made(call);

				change(request);
				hears(judge.request(request), wrong);
				return;
			}
			/* on its way from foyerd to the provider */
			const ana = new Buyer(stack), mark = proxy.seen.length;

			await ana.take(show(), 1);
			proxy.spoil = { fits: note => note.provider === provider && note.name === call, change };
			await ana.startPaying(provider);
			assert.equal(proxy.spoil, null, "the call was made");
			hears(proxy.wrong(provider, mark), wrong);
		});

	for (const { what, call, change, wrong } of WRONG_ANSWERS[provider])
		test(`${provider}: the judge notices an answer ${what}`, { skip }, () => {
			const note = made(call);

			change(note.answer);
			hears(judge.answer(note.request, note.answer), wrong);
		});
}
