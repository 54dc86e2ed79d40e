// The entry of the two pages that show a submission: the workbench and the page of a past submission.
import { find } from "./dom";
import { startNotesLater } from "./notes";
import { startSubmissionPage } from "./submissionPage";
import { startTrial } from "./trial";
import { startWorkbench } from "./workbenchPage";

const workbench = find("[data-workbench]");
if (workbench) startWorkbench(workbench);
const submission = find("[data-submission]");
if (submission) startSubmissionPage(submission);
const trial = find("[data-trial]");
if (trial) startTrial(trial);
startNotesLater();
