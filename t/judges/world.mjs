/* world.mjs - the one stack that the tests with servers share, with judges between Foyer and its providers. They end with the process. */
import { Stack } from "../browser/stack.mjs";
import { facts } from "./facts.mjs";
import { Judge } from "./judge.mjs";
import { startKafka } from "./kafka.mjs";
import { Partner } from "./partner.mjs";
import { PROVIDERS } from "./providers.mjs";
import { Proxy } from "./proxy.mjs";

const judged = Object.entries(PROVIDERS).map(([name, rules]) => ({ name, rules, api: facts(rules.file) })).filter(p => p.api);

export const stack = new Stack();
export const kafka = await startKafka();
export const proxy = await new Proxy(judged.map(({ name, rules, api }) => ({ name, judge: new Judge(api, rules),
	upstream: () => `${stack.provider}${rules.upstream}` }))).listen();
export const partner = await new Partner().listen();

process.on("exit", () => stack.folder && stack.stop());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
	process.on(signal, () => process.exit(1));
await stack.start({ config: (kafka ? `kafka_brokers = ${kafka.brokers}\n` : "") + judged.flatMap(({ name, rules }) =>
	Object.entries({ [`${name}_base_url`]: proxy.urls[name], ...rules.config }))
	.map(([key, value]) => `${key} = ${value}\n`).join("") + `hooks = yes\noutside_allow = ${partner.place}\n` });
