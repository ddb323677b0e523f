/** Lets Temporal's SDK fetch its development server into a folder. Arguments: folder, version. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir, version] = process.argv.slice(2);
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, version } },
  });
  await environment.teardown();
} catch {
  process.stderr.write('The Temporal CLI could not be downloaded.\n');
  process.exitCode = 1;
}
