/** `node apps/api/dist/migrate.js`: brings the tables of database and queue up to date, then ends. */
import { migrate } from "@etude/db";
import { createLogger, placesOf, prepareQueue, readSettingsOrExit } from "@etude/service";

const settings = readSettingsOrExit();
const logger = createLogger(settings, "migrate");
const { databaseUrl, place } = placesOf(settings);
const report = await migrate(databaseUrl);
await prepareQueue(place);
logger.info({ report }, "the database is up to date");
