// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("KubeWgDiag.Cluster.Tests.Support.ClusterTestFramework", "KubeWgDiag.Cluster.Tests")]

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>
/// xunit's own framework with one step more: after the last test of the assembly, whatever became of it, the shared cluster is cleaned. Fixtures of
/// xunit 2 belong to a collection, and one collection for all would run the tests one after the other.
/// </summary>
public sealed class ClusterTestFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName name, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(name, sources, diagnostics)
    {
        [SuppressMessage("Usage", "VSTHRD100", Justification = "xunit's signature")]
        [SuppressMessage("Design", "MA0155", Justification = "xunit's signature")]
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new AssemblyRunner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class AssemblyRunner(
        ITestAssembly assembly,
        IEnumerable<IXunitTestCase> cases,
        IMessageSink diagnostics,
        IMessageSink execution,
        ITestFrameworkExecutionOptions options) : XunitTestAssemblyRunner(assembly, cases, diagnostics, execution, options)
    {
        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            await Aggregator.RunAsync(TestCluster.EndAsync);
            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}
