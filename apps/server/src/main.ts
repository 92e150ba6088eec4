import { AppModule } from 'demo-app';
import { runServer } from 'nest-channels';

await runServer(AppModule);
