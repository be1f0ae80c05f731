/*
 * push.js - the button by which this browser asks to be told two minutes before a hold ends, and when it is paid. The button is there
 * only where that can be; the page's own clock does not depend on it.
 */
const { say } = window.foyer;
const place = document.querySelector("[data-push]");
const button = place.querySelector("button");
const state = place.querySelector("[role=status]");
const kept = `foyer.push.${place.dataset.show}`;

const keyOf = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));

const isFor = (subscription, key) => {
	const has = new Uint8Array(subscription.options.applicationServerKey ?? []);

	return has.length === key.length && has.every((byte, i) => byte === key[i]);
};

/* The browser has one subscription for the whole site. One that was made for another key of the house is of no use any more. */
const subscribed = async () => {
	const key = keyOf(place.dataset.push);
	const { pushManager } = await navigator.serviceWorker.register("/push-worker.js").then(() => navigator.serviceWorker.ready);
	const old = await pushManager.getSubscription();

	if (old && isFor(old, key))
		return old;
	await old?.unsubscribe();
	return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
};

const send = async more => {
	const { endpoint, keys } = (await subscribed()).toJSON();
	const answer = await fetch(place.dataset.path, { method: "POST", body: new URLSearchParams({ endpoint, ...keys, ...more }) });

	if (!answer.ok)
		throw new Error(`the answer is ${answer.status}`);
};

const show = on => {
	button.textContent = say(on ? "push-off" : "push-on");
	state.textContent = on ? say("push-is-on") : "";
	if (on)
		sessionStorage.setItem(kept, "on");
	else
		sessionStorage.removeItem(kept);
};

const change = async on => {
	button.disabled = true;
	try {
		if (on && await Notification.requestPermission() !== "granted") {
			show(false);
			state.textContent = say("push-denied");
			return;
		}
		await send(on ? {} : { forget: "1" });
		show(on);
	} catch {
		show(!on);
		state.textContent = say("push-failed");
	} finally {
		button.disabled = false;
	}
};

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window && Notification.permission !== "denied") {
	const on = sessionStorage.getItem(kept) === "on" && Notification.permission === "granted";

	place.hidden = false;
	show(on);
	button.addEventListener("click", () => change(sessionStorage.getItem(kept) !== "on"));
}
