// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Tests;

/// <summary>One lab of three nodes with both meshes and traffic, for the tests of a class.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private NodeProcess? _traffic;

    /// <summary>Why the lab cannot run here; null when it runs.</summary>
    public string? Missing { get; private set; }

    public LabNetwork? Lab { get; private set; }

    public async Task InitializeAsync()
    {
        var missing = await Prerequisites.MissingAsync(CancellationToken.None);
        if (missing.Count > 0)
        {
            Missing = $"the lab needs {string.Join("; ", missing)}";
            return;
        }

        Lab = await LabNetwork.StartAsync(new LabOptions { Families = [Family.V4, Family.V6] }, CancellationToken.None);
        _traffic = await Lab.StartTrafficAsync(CancellationToken.None);
        await Lab.WaitUntilHealthyAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        if (_traffic is not null)
            await _traffic.DisposeAsync();
        if (Lab is not null)
            await Lab.DisposeAsync();
    }
}
