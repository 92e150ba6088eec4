export { AppModule } from './app.module.js';
export { servePage } from './page.js';
