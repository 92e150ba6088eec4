import {
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  Injectable,
  type InjectableOptions,
  type NestInterceptor,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import type { Observable } from 'rxjs';

/** Is what a tracer is: any enhancer. */
export type Tracer = CanActivate & NestInterceptor & PipeTransform & ExceptionFilter;

/** Makes classes that can be any enhancer, and keeps in which order their instances run. */
export class Trace {
  readonly #ran: string[] = [];

  /** Returns what has run since it was last asked. */
  take(): string[] {
    return this.#ran.splice(0);
  }

  /** Makes the class of this name; as a filter it catches errors of a class and answers. */
  tracer(name: string, catches: Type[] = [], options?: InjectableOptions): Type<Tracer> {
    const run = (): void => void this.#ran.push(name);
    const named = {
      [name]: class implements Tracer {
        readonly #isConstructed = true;

        canActivate(): boolean {
          run();
          return this.#isConstructed;
        }
        intercept(_context: unknown, next: CallHandler): Observable<unknown> {
          if (this.#isConstructed) run();
          return next.handle();
        }
        transform(value: unknown): unknown {
          if (this.#isConstructed) run();
          return value;
        }
        catch(): string {
          run();
          return this.#isConstructed ? `answered by ${name}` : 'nobody';
        }
      },
    };
    Injectable(options)(named[name]);
    Catch(...catches)(named[name]);
    return named[name];
  }
}
