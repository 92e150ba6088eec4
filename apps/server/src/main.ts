import { AppModule, servePage } from 'demo-app';
import { runServer } from 'nest-channels';

await runServer(AppModule, { configure: servePage });
