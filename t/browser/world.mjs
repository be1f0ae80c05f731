/* world.mjs - the one stack and the one browser that all tests of this folder share. They end with the process. */
import { openBrowser, Visitor } from "./visitor.mjs";
import { Stack } from "./stack.mjs";

export const stack = await new Stack().start();
process.on("exit", () => stack.stop());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
	process.on(signal, () => process.exit(1));

export const browser = await openBrowser();
export const come = options => Visitor.come(browser, stack, options);

/* A visit that must leave no complaint behind. */
export const visit = async (options, what) => {
	const v = await come(options);
	let error;

	try {
		await what(v);
	} catch (e) {
		error = e;
	}
	await v.leave().catch(e => { error ??= e; });
	if (error)
		throw error;
};
