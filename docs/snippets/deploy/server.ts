import { runServer } from 'nest-channels';
import { AppModule } from './app.module.js';

await runServer(AppModule);
