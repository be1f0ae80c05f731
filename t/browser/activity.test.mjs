/*
 * activity.test.mjs - the page of what is happening does not say that it is live when it is not, and leaves a box office in trouble
 * alone; the bars of counts are filled to their full height.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { soon } from "./others.mjs";
import { PHONE, WIDE } from "./visitor.mjs";
import { stack, visit } from "./world.mjs";

const isLive = v => v.page.locator("#fresh .live").isVisible();
const isNot = v => v.page.locator("#fresh .off").isVisible();

test("what is happening is live, not so while the last page is given out for a silent box office, and again after", { timeout: 120000 }, () =>
	visit({}, async v => {
		await v.go("/activity");
		await soon(() => isLive(v), 20, "live");
		stack.demo("stop", "foyerd");
		try {
			await soon(() => isNot(v), 40, "not live");
			assert.equal((await fetch(`${stack.url}/activity`)).status, 200, "nginx gives the last page out");
			assert.equal(await isLive(v), false);
			assert.ok(await v.page.getByRole("link", { name: "Refresh" }).isVisible());
			await v.accessible("what is happening, not live");
			await v.page.reload();
			await soon(() => isNot(v), 20, "not live from the start");
		} finally {
			stack.demo("start", "foyerd");
		}
		await soon(async () => {
			await v.page.getByRole("link", { name: "Refresh" }).click({ timeout: 500 }).catch(() => {});
			return isLive(v);
		}, 40, "live again");
	}));

test("a page that is turned away asks less and less often", { timeout: 60000 }, () => visit({}, async v => {
	let asked = 0;

	await v.page.clock.install();
	await v.page.route("/activity", route => route.request().isNavigationRequest() ? route.continue() :
		(asked++, route.fulfill({ status: 429, headers: { "Retry-After": "5" }, body: "" })));
	await v.go("/activity");
	await soon(() => isNot(v), 20, "not live");
	for (let ran = 0; ran < 60; ran += 2) {
		await v.page.clock.runFor(2000);
		await v.page.waitForTimeout(200);
	}
	assert.ok(asked >= 2 && asked <= 8, `${asked} times in a minute`);
}));

/* How much of the bar's height its value fills, measured near its left end, where it is always filled. */
const filled = async meter => meter.page().evaluate(async png => {
	const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), c => c.charCodeAt(0))], { type: "image/png" }));
	const { width, height } = picture, canvas = new OffscreenCanvas(width, height).getContext("2d");

	canvas.drawImage(picture, 0, 0);
	const column = [...Array(height).keys()].map(y => [...canvas.getImageData(5, y, 1, 1).data].join());

	return column.filter(c => c === column[Math.floor(height / 4)]).length / height;
}, (await meter.screenshot({ animations: "disabled" })).toString("base64"));

test("the bar of free seats is filled to its full height", { timeout: 60000 }, () => visit({}, async v => {
	for (const hall of ["lumiere-3", "thames-hall-great"]) {
		await v.go(`/shows/${stack.show(hall)}`);
		for (const width of [PHONE, WIDE]) {
			await v.resize(width);
			const part = await filled(v.page.locator(".count meter"));

			assert.ok(part > 0.8, `${hall} ${width}: ${part}`);	/* it may lie between two lines of the picture */
		}
	}
}));
