import type { Address } from "./gateway-config.ts";
import { MockProvider, type SeenRequest, type ShapeName } from "./mock-provider.ts";

/** What each provider speaks: one dialect, or several, of which the first that has the path answers. */
export type Shapes<Name extends string> = Record<Name, ShapeName | readonly [ShapeName, ...ShapeName[]]>;

/** Mock providers by name. */
export class MockProviders<Name extends string = string> {
  protected constructor(private readonly mocks: ReadonlyMap<Name, MockProvider>) {}

  static async start<Name extends string>(shapes: Shapes<Name>): Promise<MockProviders<Name>> {
    return new MockProviders(await startMocks(shapes));
  }

  mock(name: Name): MockProvider {
    const mock = this.mocks.get(name);
    if (!mock) throw new Error(`no mock provider ${name}`);
    return mock;
  }

  get all(): MockProvider[] {
    return [...this.mocks.values()];
  }

  /** Where each listens. */
  get addresses(): Record<Name, Address> {
    return Object.fromEntries([...this.mocks].map(([name, { address }]) => [name, address])) as Record<Name, Address>;
  }

  /** Every request seen, with the name of its provider, in the order of their headers. */
  get seen(): { provider: Name; request: SeenRequest }[] {
    return [...this.mocks]
      .flatMap(([provider, mock]) => mock.seen.map((request) => ({ provider, request })))
      .sort((a, b) => a.request.headersAt - b.request.headersAt);
  }

  /** The only request that any provider saw; throws when there were none or more. */
  only(): { provider: Name; request: SeenRequest } {
    const [first, ...more] = this.seen;
    if (!first || more.length > 0) throw new Error(`providers saw ${more.length + (first ? 1 : 0)} requests, not 1`);
    return first;
  }

  /** Forgets what all of them saw, and makes them healthy. */
  reset(): void {
    for (const mock of this.mocks.values()) mock.reset();
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((mock) => mock.stop()));
  }
}

/** Starts one mock for each name. */
export async function startMocks<Name extends string>(shapes: Shapes<Name>): Promise<Map<Name, MockProvider>> {
  const started = (Object.entries(shapes) as [Name, Shapes<Name>[Name]][]).map(async ([name, shape]) => {
    const spoken: readonly [ShapeName, ...ShapeName[]] = typeof shape === "string" ? [shape] : shape;
    return [name, await MockProvider.start(name, ...spoken)] as const;
  });
  return new Map(await Promise.all(started));
}
