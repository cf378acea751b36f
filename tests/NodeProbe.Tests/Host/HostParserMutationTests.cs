// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.NodeProbe.Cni;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.Tests.Shared;
using Xunit.Abstractions;

namespace KubeWgDiag.NodeProbe.Tests.Host;

/// <summary>Every text parser of the host on mutated text of its own format: never an exception, never an endless loop.</summary>
public sealed class HostParserMutationTests(ITestOutputHelper output)
{
    private const int Seed = 20260822;
    private const int Rounds = 2000;

    [Fact]
    public void Parsers_MutatedText_NeverThrow()
    {
        var random = new Random(Seed);
        output.WriteLine($"seed {Seed}");
        var tree = Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "host", "arm64-cloud");
        (string File, Action<string> Parse)[] parsers =
        [
            ("proc/net/softnet_stat", text => Count((ref int unknown) => SoftnetReader.Parse(text, ref unknown))),
            ("proc/stat", text => Count((ref int unknown) => CpuTimeReader.Parse(text, text, ref unknown))),
            ("proc/softirqs", text => Count((ref int unknown) => CpuTimeReader.Parse("cpu0 1 2 3 4 5", text, ref unknown))),
            ("proc/cpuinfo", text => Count((ref int unknown) => CpuReader.Parse(text, "aarch64", ref unknown))),
            ("proc/crypto", text => Count((ref int unknown) => CryptoReader.Parse(text, ref unknown))),
            ("proc/meminfo", text => Count((ref int unknown) => LoadReader.Parse("1 2 3 1/2", text, ref unknown))),
            ("proc/loadavg", text => Count((ref int unknown) => LoadReader.Parse(text, string.Empty, ref unknown))),
            ("proc/pressure/cpu", text => Count((ref int unknown) => LoadReader.ParsePressure("cpu", text, [], ref unknown))),
            ("proc/dynamic_debug/control", text => KernelLogReader.DebugOf(new(0, Encoding.UTF8.GetBytes(text), false))),
            ("sys/kernel/security/lockdown", text => KernelReader.LockdownOf(text)),
            ("root/usr/lib/modules/6.8.0-1021-aws/modules.dep", text => ModuleFiles.NamesOf(text)),
            ("root/run/flannel/subnet.env", text => FlannelSubnetParser.Parse(text)),
            ("root/etc/cni/net.d/10-flannel.conflist", text => Network(text)),
        ];
        foreach (var (file, parse) in parsers)
        {
            var original = File.ReadAllText(Path.Combine(tree, file));
            parse(original);
            for (var i = 0; i < Rounds; i++) parse(Mutate(original, random));
        }

        for (var i = 0; i < Rounds; i++)
        {
            var record = Mutate("6,101,2000000,-,caller=T1;wireguard: \\x09odd\\x\n SUBSYSTEM=net\n DEVICE=n3\n", random);
            if (KernelLogRecord.TryParse(record, out var parsed)) KernelLogTopics.Shown(parsed.Text, 300).ShouldAllBe(c => c >= ' ' && c <= '~');
        }
    }

    private delegate void Counting(ref int unknown);

    private static void Count(Counting parse)
    {
        var unknown = 0;
        parse(ref unknown);
        unknown.ShouldBeGreaterThanOrEqualTo(0);
    }

    private static void Network(string text)
    {
        var network = CniConfigParser.Parse(Encoding.UTF8.GetBytes(text), list: true, out var problem);
        (network is null).ShouldBe(problem is not null);
    }

    private static string Mutate(string text, Random random)
    {
        var mutated = new StringBuilder(text);
        for (var changes = random.Next(1, 6); changes > 0 && mutated.Length > 0; changes--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(5))
            {
                case 0:
                    mutated[at] = (char)random.Next(0, 0x250);
                    break;
                case 1:
                    mutated.Remove(at, Math.Min(random.Next(1, 20), mutated.Length - at));
                    break;
                case 2:
                    mutated.Insert(at, mutated.ToString(at, Math.Min(random.Next(1, 30), mutated.Length - at)));
                    break;
                case 3:
                    mutated.Length = at;
                    break;
                default:
                    mutated.Insert(at, "99999999999999999999999");
                    break;
            }
        }

        return mutated.ToString();
    }
}
