/* changes.mjs - the same small damage in every run: one byte of a text changed, lost, doubled or put in. */
export class Changes {
	constructor(seed) {
		this.state = seed >>> 0 || 1;
	}

	below(n) {
		this.state ^= this.state << 13;
		this.state ^= this.state >>> 17;
		this.state ^= this.state << 5;
		this.state >>>= 0;
		return this.state % n;
	}

	/* bytes: a Buffer. pick: what may be put in. */
	damage(bytes, pick) {
		const at = this.below(bytes.length), one = Buffer.from([pick.charCodeAt(this.below(pick.length))]);
		const before = bytes.subarray(0, at), here = bytes.subarray(at, at + 1), after = bytes.subarray(at + 1);
		const damages = [[one], [], [here, here], [one, here]];

		return Buffer.concat([before, ...damages[this.below(4)], after]);
	}
}
