import { Claim } from "./claim";

/** The claims of the exchanges that are under way in this VM, so that they are renewed while these live. */
@final
export class LiveClaims {
  private readonly claims: Claim[] = [];

  add(claim: Claim): void {
    claim.place = this.claims.push(claim) - 1;
  }

  remove(claim: Claim): void {
    const last = this.claims.pop();
    if (last == claim) return;
    this.claims[claim.place] = last;
    last.place = claim.place;
  }

  renew(nowMs: i64): void {
    for (let i = 0; i < this.claims.length; i++) this.claims[i].renew(nowMs);
  }
}
