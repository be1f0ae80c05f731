/* others.mjs - what other people do meanwhile, and waiting until it shows. */
import { stack } from "./world.mjs";

export const soon = (check, seconds, what) => new Promise((done, failed) => {
	const end = Date.now() + seconds * 1000;
	const look = async () => {
		if (await check().catch(() => false))
			done();
		else if (Date.now() > end)
			failed(new Error(`not within ${seconds} s: ${what}`));
		else
			setTimeout(look, 100);
	};

	look();
});

/* Somebody else holds these seats; the answer's status. */
export const otherHolds = async (show, ids) => {
	const answer = await fetch(`${stack.url}/shows/${show}/hold`, { method: "POST", redirect: "manual",
		body: new URLSearchParams(ids.map(id => ["seat", id])) });

	return answer.status;
};
