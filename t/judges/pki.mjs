/* pki.mjs - authorities and certificates of our own, made by the openssl command; and what that command says to a chain. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "foyer-pki-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let made = 0;

const openssl = (...words) => execFileSync("openssl", words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });

const newKey = (file, kind) => kind === "ec" ? openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file) :
	openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${kind}`, "-out", file);

/*
 * A certificate for 30 days from now: { key, pem } and, for who issues by it, its files. by: the issuer, none: itself. key: another's,
 * or what to make: bits of RSA, "ec". names: "IP:127.0.0.1,DNS:…".
 */
export const certificate = (cn, { by, key = 2048, authority = false, purpose = "serverAuth,clientAuth", digest = "sha256",
	names = "" } = {}) => {
	const name = `c${++made}`, files = { key: `${name}.key`, cert: `${name}.pem` };
	const about = authority ? "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n" :
		`basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=${purpose}\n${names && `subjectAltName=${names}\n`}`;

	if (key.files)
		files.key = key.files.key;
	else
		newKey(files.key, key);
	writeFileSync(join(folder, `${name}.ext`), about);
	openssl("req", "-new", "-key", files.key, "-subj", `/C=XX/O=Judges/CN=${cn}`, "-out", `${name}.csr`);
	openssl("x509", "-req", "-in", `${name}.csr`, `-${digest}`, "-days", "30", "-extfile", `${name}.ext`, "-out", files.cert,
		"-set_serial", String(1000 + made), ...by ? ["-CA", by.files.cert, "-CAkey", by.files.key] : ["-signkey", files.key]);
	return { files, key: readFileSync(join(folder, files.key), "utf8"), pem: readFileSync(join(folder, files.cert), "utf8") };
};

/* What the openssl command says: does the first certificate of the file lead to one of the roots, at that time, as a server's? */
export const trusted = (pem, roots, now) => {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];

	if (!blocks.length)
		return false;
	for (const [name, text] of [["leaf", blocks[0]], ["others", blocks.join("")], ["roots", roots]])
		writeFileSync(join(folder, name), text);
	return spawnSync("openssl", ["verify", "-attime", String(now), "-purpose", "sslserver", "-auth_level", "2", "-no-CApath",
		"-no-CAstore", "-CAfile", "roots", "-untrusted", "others", "leaf"], { cwd: folder, stdio: "ignore" }).status === 0;
};
