/* buyer.mjs - somebody who buys without a browser: keeps cookies, follows addresses, and presses the buttons that pages offer. */
import assert from "node:assert/strict";

const unescaped = s => s.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: "\"" }[name] ?? "'"));

const attributes = tag => Object.fromEntries([...tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].slice(1)
	.map(m => [m[1], unescaped(m[2] ?? "")]));

/* The form whose tag fits: { action, fields: [[name, value], …] } as a browser would send it before anything is typed. */
export const formOf = (html, fits) => {
	const forms = [...html.matchAll(/(<form[^>]*>)([\s\S]*?)<\/form>/g)], [, tag, inside] = forms.find(m => fits.test(m[1])) ?? [];

	assert.ok(tag, `there is no form ${fits} in ${html.slice(0, 2000)}`);
	const inputs = [...inside.matchAll(/<input[^>]*>/g)].map(m => attributes(m[0]));
	const sent = inputs.filter(i => i.name && (!["radio", "checkbox"].includes(i.type) || "checked" in i));

	return { action: attributes(tag).action, inputs, fields: sent.map(i => [i.name, i.value ?? ""]) };
};

export class Buyer {
	constructor(stack) {
		this.stack = stack;
		this.cookies = new Map();
	}

	/* An answer: { status, at (its address), location, text }. No redirect is followed. */
	async ask(where, form) {
		const at = new URL(where, this.stack.url), ours = at.origin === this.stack.url;
		const rs = await fetch(at, { method: form ? "POST" : "GET", body: form && new URLSearchParams(form), redirect: "manual",
			headers: ours ? { Cookie: [...this.cookies].map(c => c.join("=")).join("; "), Origin: this.stack.url } : {} });

		for (const cookie of ours ? rs.headers.getSetCookie?.() ?? [rs.headers.get("set-cookie")].filter(Boolean) : []) {
			const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);

			this.cookies.set(name, value);
		}
		const location = rs.headers.get("location");

		return { status: rs.status, at, location: location && new URL(location, at), text: await rs.text() };
	}

	/* Asks, and follows where it leads while that is the same site. */
	async go(where, form) {
		let rs = await this.ask(where, form);

		for (let i = 0; rs.location && rs.location.origin === rs.at.origin && i < 10; i++)
			rs = await this.ask(rs.location);
		return rs;
	}

	/* Seats side by side: at the checkout. */
	async take(show, n) {
		this.checkout = await this.go(`/shows/${show}/hold`, { best: n });
		assert.match(this.checkout.at.pathname, /^\/holds\//, this.checkout.text);
		return this.checkout;
	}

	/* From the checkout to the provider's page: its address, or the answer of Foyer's that says why not. */
	async startPaying(provider) {
		const { action, fields } = formOf(this.checkout.text, /id="pay"/);
		const form = { ...Object.fromEntries(fields), email: "ana@example.org", name: "Ana Example", provider };

		return this.ask(action, form);
	}

	/* A button of the provider's page, back to Foyer or to that page. */
	async press(page, button) {
		const shown = await this.go(page), { action } = formOf(shown.text, /method="post"/);

		return this.ask(new URL(action, shown.at), { do: button });
	}

	/* After the provider's page: the page with the tickets. */
	async tickets(back) {
		for (let i = 0; i < 40; i++) {
			const page = await this.go(back);

			if (/^\/bookings\//.test(page.at.pathname))
				return page;
			await new Promise(done => setTimeout(done, 250));
		}
		throw new Error(`no tickets at ${back}`);
	}

	async buy(show, n, provider) {
		await this.take(show, n);
		const started = await this.startPaying(provider), paid = await this.press(started.location, "pay");

		return this.tickets(paid.location);
	}

	/* Gives so many tickets of a booking back, by its page. */
	async giveBack(booking, n) {
		const path = `${booking.at.pathname}/cancel`, shown = await this.go(path);
		const seats = formOf(shown.text, /\/cancel"/).inputs.filter(i => i.name === "seat").slice(0, n).map(i => ["seat", i.value]);

		assert.equal(seats.length, n);
		const sure = await this.go(path, seats);

		return this.go(path, formOf(sure.text, /\/cancel"/).fields);
	}
}
