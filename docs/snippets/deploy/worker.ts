import { runWorker } from 'nest-channels';
import { AppModule } from './app.module.js';

await runWorker(AppModule);
