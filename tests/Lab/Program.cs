// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab;

return await LabCommands.Root().Parse(args).InvokeAsync();
