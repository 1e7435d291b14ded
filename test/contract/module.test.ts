import { expect, test, describe } from "vitest";
import { mostBytesOf } from "../../scripts/setup/plugins.ts";
import { moduleOf, pluginNames } from "./support/plugins.ts";

describe.each(pluginNames())("%s", (plugin) => {
  const { bytes, imports, exports } = moduleOf(plugin);

  test(`links in every proxy-wasm host (${bytes} bytes)`, () => {
    const everywhere =
      /^(env\.proxy_\w+|wasi_snapshot_preview1\.(clock_time_get|random_get|environ_get|environ_sizes_get))$/;
    expect(imports.filter((name) => !everywhere.test(name))).toEqual([]);
  });

  test(`is no larger than ${mostBytesOf(plugin)} bytes`, () => {
    expect(bytes).toBeLessThanOrEqual(mostBytesOf(plugin));
  });

  test("says its ABI and gives the host memory under both names", () => {
    expect(exports).toEqual(
      expect.arrayContaining(["proxy_abi_version_0_2_1", "proxy_on_memory_allocate", "malloc", "memory"]),
    );
  });
});
