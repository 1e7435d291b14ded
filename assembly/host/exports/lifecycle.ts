/** The callbacks that every plugin has. A plugin's `index.ts` exports this file and those beside it that it needs. */
import { BufferType, noteVmConfiguration, readConfiguration } from "../body";
import { LogLevel, log } from "../log";
import { allocateForHost } from "../memory";
import { createRoot, createStream, deleteContext, enter, findRoot, leave } from "../registry";

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return allocateForHost(size);
}

/** The name under which some hosts look for the allocator. */
export function malloc(size: usize): usize {
  return allocateForHost(size);
}

export function proxy_on_context_create(id: u32, parentId: u32): void {
  enter();
  if (parentId != 0) createStream(id, parentId);
  leave();
}

export function proxy_on_vm_start(_rootId: u32, vmConfigurationSize: i32): u32 {
  noteVmConfiguration(vmConfigurationSize);
  return 1;
}

export function proxy_on_configure(rootId: u32, configurationSize: i32): u32 {
  enter();
  const accepted = configure(rootId, configurationSize);
  leave();
  return accepted ? 1 : 0;
}

function configure(rootId: u32, configurationSize: i32): bool {
  const root = createRoot(rootId);
  if (root == null) return false;
  const configuration = readConfiguration(BufferType.PluginConfiguration, configurationSize);
  if (configuration != null) return root.onConfigure(configuration);
  log(LogLevel.Error, "config: the host does not give the configuration");
  return false;
}

export function proxy_on_tick(rootId: u32): void {
  enter();
  const root = findRoot(rootId);
  if (root != null) root.onTick();
  leave();
}

export function proxy_on_delete(id: u32): void {
  enter();
  deleteContext(id);
  leave();
}
