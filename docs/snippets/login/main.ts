import { NestFactory } from '@nestjs/core';
import { useAccounts } from './accounts.js';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule);
useAccounts(app);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 8000);
