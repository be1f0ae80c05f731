/* kafka.mjs - the mock cluster of t/kafka, and what came to it. It ends with this process, as its input does. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "../browser/stack.mjs";

const TOPICS = ["booking-events", "payment-events", "seat-events", "notification-events"];
const program = name => join(build, "t/kafka", name);

/* Null where the build has no Kafka. */
export const startKafka = async () => {
	if (!existsSync(program("mock")))
		return null;
	const mock = spawn(program("mock"), { stdio: ["pipe", "pipe", "ignore"] });
	const lines = createInterface({ input: mock.stdout });
	const [brokers] = await once(lines, "line");

	for (const topic of TOPICS) {
		mock.stdin.write(`topic ${topic} 12\n`);
		if ((await once(lines, "line"))[0] !== "ok")
			throw new Error(`the mock cluster makes no ${topic}`);
	}
	mock.unref();
	mock.stdin.unref();
	mock.stdout.unref();
	process.on("exit", () => mock.kill());
	return {
		brokers,
		read: () => execFileSync(program("consumer"), [brokers, "-e", "-j", "judge", ...TOPICS], { encoding: "utf8", maxBuffer: 1 << 28 })
			.split("\n").filter(Boolean).map(line => JSON.parse(line)),
	};
};
