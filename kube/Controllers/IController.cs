// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// A controller of any type, as its host sees it. It changes things, so it runs only in the process that leads. After the stop it
/// finishes what is queued. Its informers must have synced before.
/// </summary>
public interface IController : IRunnable;
