// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Generator;

namespace KubeWgDiag.Crds.Tests;

public sealed class GeneratedFilesTests
{
    [Theory]
    [InlineData("crds")]
    [InlineData("charts/kubewgdiag/files/crds")]
    public void CommittedFiles_AreWhatTheGeneratorWrites(string folder) =>
        string.Join('\n', CrdFiles.Differences(Repository.Path(folder.Split('/')))).ShouldBeEmpty();

    [Fact]
    public void Check_ChangedMissingAndStrayFile_SaysWhichAndWhere()
    {
        string folder = Directory.CreateTempSubdirectory("crds-").FullName;
        try
        {
            CrdFiles.Write([folder], TextWriter.Null);
            string probes = Path.Combine(folder, "kubewgdiag.io_nodeprobes.yaml");
            File.WriteAllText(probes, File.ReadAllText(probes).Replace("maximum: 120", "maximum: 121", StringComparison.Ordinal));
            File.Delete(Path.Combine(folder, "kubewgdiag.io_tunneldiagnoses.yaml"));
            File.WriteAllText(Path.Combine(folder, "old.yaml"), "");

            var output = new StringWriter();
            CrdFiles.Check([folder], output).ShouldBe(1);

            output.ToString().ShouldContain("kubewgdiag.io_nodeprobes.yaml differs from the records; run `make crds`");
            output.ToString().ShouldContain("-                 maximum: 121\n+                 maximum: 120\n");
            output.ToString().ShouldContain("kubewgdiag.io_tunneldiagnoses.yaml is missing");
            output.ToString().ShouldContain("old.yaml is made by no record");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Render_Twice_GivesTheSameBytes() => CrdFiles.Render().ShouldBe(CrdFiles.Render());
}
