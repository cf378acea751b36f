// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy;

return await AccuracyCommand.Root().Parse(args).InvokeAsync();
