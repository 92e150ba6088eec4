import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { TestingModuleBuilder } from '@nestjs/testing';

/** Is what an application under test is made of. */
export interface ApplicationParts extends Pick<
  ModuleMetadata,
  'imports' | 'providers' | 'controllers'
> {
  /** Replaces parts, as with `Test.createTestingModule()`: `builder.overrideProvider(…)`. */
  readonly configure?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Is where the application logs; errors go to the console if absent, `false` is nowhere. */
  readonly logger?: LoggerService | false;
  /** Runs before the application starts, for middleware and global enhancers. */
  readonly prepare?: (app: INestApplication) => unknown;
  /** Makes what serves HTTP; Express if absent. */
  readonly adapter?: () => AbstractHttpAdapter;
}
