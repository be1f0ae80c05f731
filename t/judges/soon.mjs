/* soon.mjs - waiting until something is so. */
export const soon = async (check, seconds, what) => {
	const end = Date.now() + seconds * 1000;

	while (!await check()) {
		if (Date.now() > end)
			throw new Error(`not within ${seconds} s: ${what}`);
		await new Promise(done => setTimeout(done, 100));
	}
};
