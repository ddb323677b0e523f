/**
 * Messages and stacks of failures travel as a payload, so that the codec seals them as well. CommonJS, because Temporal's
 * SDK loads this file by its path with `require`; it is also compiled into the sealed workflow bundle.
 */
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
