import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { ChannelsModule } from 'nest-channels';

type Import = NonNullable<ModuleMetadata['imports']>[number] | undefined;

/** Tells whether one of these modules, or one that they import, brings channels along. */
export async function importChannels(imports: readonly Import[]): Promise<boolean> {
  return search(imports, new Set());
}

async function search(imports: readonly Import[], seen: Set<Import>): Promise<boolean> {
  for (const each of imports) {
    const module = unwrapped(await each);
    if (!module || seen.has(module)) continue;
    seen.add(module);
    if (classOf(module) === ChannelsModule || (await search(importsOf(module), seen))) return true;
  }
  return false;
}

function unwrapped(module: Awaited<Import>): Type | DynamicModule | undefined {
  if (module && 'forwardRef' in module) return module.forwardRef() as Type;
  return module;
}

function classOf(module: Type | DynamicModule): Type {
  return 'module' in module ? module.module : module;
}

function importsOf(module: Type | DynamicModule): Import[] {
  const declared = Reflect.getMetadata('imports', classOf(module)) as Import[] | undefined;
  const added = 'module' in module ? (module.imports ?? []) : [];
  return [...(declared ?? []), ...added];
}
