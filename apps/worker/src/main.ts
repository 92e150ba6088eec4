import { AppModule } from 'demo-app';
import { runWorker } from 'nest-channels';

await runWorker(AppModule);
