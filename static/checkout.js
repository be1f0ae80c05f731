/*
 * checkout.js - makes the checkout smoother: prices follow their choice without a new page, what was typed survives one,
 * a mistyped e-mail domain is questioned and the address shown back large. It never changes what Pay would do.
 */
const { say, asked, sendOnce } = window.foyer;
const pay = document.getElementById("pay");
const email = document.getElementById("email");
const buyer = document.getElementById("name");

/* ---- whose seats these are, for the plan of the hall ---- */

const basket = document.querySelector(".basket");
const { seats: before } = asked.of(basket.dataset.show);

asked.put(basket.dataset.show, Object.fromEntries([...basket.children].map(({ dataset: { seat } }) => [seat, before[seat] ?? null])));

/* ---- prices ---- */

const replace = (from, selector) => {
	const fresh = from.querySelector(selector), old = document.querySelector(selector);

	if (fresh && old)
		old.replaceWith(document.adoptNode(fresh));
	return Boolean(fresh);
};

const hideUpdate = () => {
	for (const p of document.querySelectorAll(".update"))
		p.hidden = true;
};

const updatePrices = async select => {
	const form = select.form, id = select.id;

	try {
		const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");

		if (!answer.ok || !replace(page, ".sums") || !replace(page, "#prices") || !replace(page, "#pay button.main"))
			throw new Error("not the page of this hold");
		hideUpdate();
		document.getElementById(id)?.focus();
	} catch {
		location.reload();
	}
};

hideUpdate();
document.addEventListener("change", event => {
	if (event.target.matches("#prices select"))
		updatePrices(event.target);
});

/* ---- what was typed ---- */

const mobile = document.getElementById("mobile");
const kept = { email, name: buyer, ...mobile && { mobile } };

const remember = () => {
	for (const [key, input] of Object.entries(kept))
		sessionStorage.setItem(`foyer.${key}`, input.value);
};

const recall = () => {
	for (const [key, input] of Object.entries(kept))
		if (!input.value)
			input.value = sessionStorage.getItem(`foyer.${key}`) || "";
};

/* ---- the e-mail address ---- */

const slips = new Map([
	...["gmial.com", "gmal.com", "gmai.com", "gamil.com", "gnail.com", "gmaill.com", "gmail.co", "gmail.cm", "gmail.con", "gmail.om"]
		.map(s => [s, "gmail.com"]),
	...["hotmial.com", "hotmal.com", "hotmai.com", "hotmail.co", "hotmail.con", "hotnail.com"].map(s => [s, "hotmail.com"]),
	...["yaho.com", "yahooo.com", "yhaoo.com", "yahoo.co", "yahoo.con"].map(s => [s, "yahoo.com"]),
	...["outlok.com", "outloo.com", "outlook.co", "outlook.con", "outllok.com"].map(s => [s, "outlook.com"]),
	...["iclod.com", "icoud.com", "icloud.co", "icloud.con", "iclould.com"].map(s => [s, "icloud.com"]),
]);
const again = document.querySelector(".again");
const typo = document.querySelector(".typo");

const better = address => {
	const at = address.lastIndexOf("@"), domain = address.slice(at + 1).toLowerCase();

	return at > 0 && slips.has(domain) ? address.slice(0, at + 1) + slips.get(domain) : "";
};

const checkEmail = () => {
	const address = email.value.trim(), meant = better(address);

	again.hidden = !address.includes("@");
	again.querySelector("b").textContent = address;
	typo.hidden = !meant;
	typo.querySelector("b").textContent = meant;
};

typo.querySelector("button").addEventListener("click", () => {
	email.value = better(email.value.trim()) || email.value;
	remember();
	checkEmail();
	email.focus();
});
email.addEventListener("change", checkEmail);
email.addEventListener("input", () => {
	if (!again.hidden)
		checkEmail();
});
pay.addEventListener("input", remember);

recall();
checkEmail();

/* ---- the one button ---- */

const state = pay.querySelector(".state");

sendOnce(pay, "paying", text => { state.textContent = text; });
