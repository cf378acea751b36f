// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;

// The tests are started by the test host; this is the process that cleans up where that one was killed.
return args is ["janitor", var kubeconfig, var run] ? await Janitor.WatchAsync(kubeconfig, new RunLabels(run)) : 2;
