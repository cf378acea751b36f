// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Cni;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Host;

/// <summary>The readers on trees of machines that are not at hand.</summary>
public sealed class HostTreeTests
{
    private static readonly HostPaths Arm = Tree("arm64-cloud");
    private static readonly HostPaths Old = Tree("old-x86-cgroup1");

    [Fact]
    public void TunDevice_MissingOrAnotherFile_IsNotOne()
    {
        var root = Directory.CreateTempSubdirectory("kubewgdiag-").FullName;
        try
        {
            var paths = new HostPaths { Root = root };
            TunDeviceReader.Read(paths).NotAvailable!.Reason.ShouldBe(NotAvailableReason.NotPresent);
            Directory.CreateDirectory(Path.Combine(root, "dev/net"));
            TunDeviceReader.Read(paths).Value.ShouldBe(new TunDeviceFact(Path.Combine(root, "dev/net/tun"), false, false));
            File.WriteAllText(Path.Combine(root, "dev/net/tun"), "");
            TunDeviceReader.Read(paths).Value.ShouldBe(new TunDeviceFact(Path.Combine(root, "dev/net/tun"), true, false));
            ThreadedDevicesReader.Read(new HostPaths { Sys = root }).NotAvailable!.Reason.ShouldBe(NotAvailableReason.NotPresent);
            foreach (var (device, threaded) in new[] { ("b0", "1\n"), ("a0", "1\n"), ("lo", "0\n") })
            {
                Directory.CreateDirectory(Path.Combine(root, "class/net", device));
                File.WriteAllText(Path.Combine(root, "class/net", device, "threaded"), threaded);
            }

            ThreadedDevicesReader.Read(new HostPaths { Sys = root }).Value.ShouldBe(["a0", "b0"]);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Softnet_FifteenColumns_TakesTheCpuNumberFromTheLine()
    {
        var cpus = SoftnetReader.Read(Arm).Value.ShouldNotBeNull();
        cpus.Select(cpu => cpu.Cpu).ShouldBe([0, 2]);
        cpus[0].ShouldBe(new SoftnetFact
        {
            Cpu = 0,
            Processed = new Counter(123456),
            Dropped = new Counter(2),
            TimeSqueeze = new Counter(5),
            ReceivedRps = new Counter(7),
            FlowLimit = new Counter(1),
            Backlog = 3,
        });
    }

    [Fact]
    public void Softnet_TenColumns_LeavesOutWhatTheKernelDoesNotHave()
    {
        var reading = SoftnetReader.Read(Old);
        var cpu = reading.Value.ShouldNotBeNull().ShouldHaveSingleItem();
        (cpu.Processed.Value, cpu.TimeSqueeze.Value, cpu.ReceivedRps, cpu.FlowLimit, cpu.Backlog).ShouldBe((1000000UL, 10UL, new Counter(0), null, null));
        reading.Unknown.ShouldBe(1);
    }

    [Fact]
    public void CpuTimes_OfflineCpu_KeepsNumbersAndSoftIrqsTogether()
    {
        var cpus = CpuTimeReader.Read(Arm).Value.ShouldNotBeNull();
        cpus.Select(cpu => (cpu.Cpu, cpu.User.Value, cpu.Idle.Value, cpu.SoftIrq.Value, cpu.Steal.Value, cpu.NetRx?.Value, cpu.NetTx?.Value))
            .ShouldBe([(0, 210UL, 405UL, 35UL, 4UL, 111UL, 11UL), (2, 110UL, 505UL, 5UL, 4UL, 222UL, 22UL)]);
        CpuTimeReader.Read(Old).Value.ShouldNotBeNull().ShouldHaveSingleItem().NetRx.ShouldBeNull();
    }

    [Fact]
    public void Cpu_FeatureOfOneCoreOnly_IsMissing()
    {
        var arm = CpuReader.Read(Arm, "aarch64").Value.ShouldNotBeNull();
        arm.Models.ShouldBe(["implementer 0x41 part 0xd0c"]);
        (arm.Count, arm.Hypervisor).ShouldBe((2, null));
        arm.Features.ShouldBe(["asimd", "aes", "sha2"]);
        arm.Missing.ShouldBe(["pmull"]);

        var old = CpuReader.Read(Old, "x86_64").Value.ShouldNotBeNull();
        old.Features.ShouldBe(["ssse3", "sse4_1", "aes", "pclmulqdq", "avx"]);
        old.Missing.ShouldContain("avx2");
        old.Hypervisor.ShouldBe(true);
    }

    [Fact]
    public void CryptoDrivers_KeepsWireGuardsPrimitives() => CryptoReader.Read(Arm).Value.ShouldNotBeNull().ShouldBe(
    [
        new CryptoDriverFact("rfc7539(chacha20,poly1305)", "rfc7539(chacha20-neon,poly1305-neon)", true, "chacha20poly1305", 300),
        new CryptoDriverFact("chacha20", "chacha20-generic", false, "chacha_generic", 100),
    ]);

    [Fact]
    public void Kernel_LockedDown_IsSaid_AndBootParametersThatAreNotListedStayOut()
    {
        var kernel = KernelReader.Read(Arm).Value.ShouldNotBeNull();
        (kernel.Release, kernel.Lockdown, kernel.SignedModulesOnly, kernel.ModulesDisabled, kernel.Tainted).ShouldBe(("6.8.0-1021-aws", "integrity", true, false, 0UL));
        kernel.BootParameters.ShouldBe(["isolcpus=2"]);

        var old = KernelReader.Read(Old).Value.ShouldNotBeNull();
        old.Taints.ShouldBe(["out-of-tree module", "unsigned module"]);
        (old.Lockdown, old.HasModuleFiles).ShouldBe((null, false)); // only those of an older kernel
    }

    [Fact]
    public void Modules_AreLoadedBuiltInLoadableOrMissing()
    {
        using var root = new LinkedRoot(Arm.Root!);
        var reading = ModuleReader.Read(Arm with { Root = root.Path }, "6.8.0-1021-aws");
        var modules = reading.Value.ShouldNotBeNull().ToDictionary(module => module.Name);
        modules["wireguard"].ShouldBe(new ModuleFact("wireguard", ModuleState.Loaded, "1.0.0"));
        modules["xt_mark"].State.ShouldBe(ModuleState.Loaded);
        modules["nf_nat"].State.ShouldBe(ModuleState.Changing);
        modules["tun"].State.ShouldBe(ModuleState.BuiltIn);
        modules["nf_conntrack"].State.ShouldBe(ModuleState.BuiltIn); // the file has a dash
        modules["vxlan"].State.ShouldBe(ModuleState.Loadable);
        modules["ip_tables"].State.ShouldBe(ModuleState.Missing);
        modules.ShouldNotContainKey("nvidia");
        reading.Unknown.ShouldBe(1);

        var old = ModuleReader.Read(Old, "3.10.0-1160.el7.x86_64").Value.ShouldNotBeNull();
        old.Single(module => module.Name == "wireguard").ShouldBe(new ModuleFact("wireguard", ModuleState.Loaded, "1.0.20200413", "OE"));
        old.Single(module => module.Name == "vxlan").State.ShouldBe(ModuleState.NotLoaded);
    }

    [Fact]
    public void Load_AndPressure_AreRead()
    {
        LoadReader.Read(Arm).Value.ShouldBe(new LoadFact
        {
            Average1 = 0.5,
            Average5 = 1.25,
            Average15 = 2,
            Tasks = 345,
            MemoryKb = 8000000,
            MemoryAvailableKb = 4000000,
            SwapUsedKb = 100000,
        });
        LoadReader.Read(Old).Value.ShouldNotBeNull().MemoryAvailableKb.ShouldBeNull();
        LoadReader.ReadPressure(Arm).Value.ShouldNotBeNull()[0].ShouldBe(new PressureFact("cpu", false, 1.5, 2.25, 0.1, new Counter(123456)));
        LoadReader.ReadPressure(Old).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
    }

    [Fact]
    public void ProcessLimits_Version2_FindsTheLimitAboveTheProcess()
    {
        var processes = ProcessLimitsReader.Read(Arm, 4711, TestDeadline.Far).Value.ShouldNotBeNull();
        var tunnel = processes.Single(process => process.Process == "wireguard-go");
        (tunnel.ProcessId, tunnel.Probe).ShouldBe((812, false));
        tunnel.Levels.Select(level => level.Path).ShouldBe(["/system.slice/wg.service", "/system.slice"]);
        (tunnel.Levels[0].QuotaUs, tunnel.Levels[0].MemoryMax, tunnel.Levels[0].OomKills).ShouldBe((null, 67108864UL, new Counter(1)));
        (tunnel.Levels[1].QuotaUs, tunnel.Levels[1].PeriodUs, tunnel.Levels[1].Throttled, tunnel.Levels[1].ThrottledUs)
            .ShouldBe((20000L, 100000L, new Counter(250), new Counter(9000000)));
        processes.Single(process => process.Probe).Levels.ShouldHaveSingleItem().Path.ShouldBe("/kubepods.slice/pod1");
    }

    [Fact]
    public void ProcessLimits_Version1_ReadsBothHalves()
    {
        var levels = ProcessLimitsReader.Read(Old, 4711, TestDeadline.Far).Value.ShouldNotBeNull().ShouldHaveSingleItem().Levels;
        levels.Select(level => (level.Path, level.Version, level.QuotaUs, level.MemoryMax)).ShouldBe(
        [
            ("/kubepods/pod9/c1", 1, null, null),
            ("/kubepods/pod9", 1, null, 134217728UL),
            ("/kubepods/pod9/c1", 1, 50000L, null),
        ]);
        (levels[2].Throttled, levels[2].ThrottledUs).ShouldBe((new Counter(4), new Counter(7000)));
        levels[1].OomKills.ShouldBe(new Counter(2));
    }

    [Fact]
    public void Cni_OfTheTree_IsFlannels()
    {
        var cni = CniReader.Read(Arm).Value.ShouldNotBeNull();
        var network = cni.Folders.ShouldHaveSingleItem().Network.ShouldNotBeNull();
        network.Plugins.Select(plugin => plugin.Type).ShouldBe(["flannel", "portmap"]);
        var inner = network.Plugins[0].Delegates.ShouldNotBeNull().ShouldHaveSingleItem();
        (inner.Type, inner.HairpinMode, inner.IsDefaultGateway).ShouldBe(("bridge", true, true));
        cni.Flannel.ShouldNotBeNull().Subnets.ShouldBe(["10.244.1.1/24", "fd00:10:244:1::1/64"]);
        (cni.Flannel!.Mtu, cni.Flannel.IpMasq, cni.CalicoMtu).ShouldBe((8921, true, null));
    }

    [Fact]
    public void Platform_WithoutDmi_IsTheDeviceTrees()
    {
        PlatformReader.Read(Arm).Value.ShouldBe(new PlatformFact(null, "Virtual ARM Board", null, null));
        PlatformReader.Read(Old).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
    }

    [Fact]
    public void EveryReader_OnAnEmptyTree_GivesAReasonAndNeverThrows()
    {
        var nowhere = new HostPaths { Proc = "/nonexistent", Sys = "/nonexistent", KernelLog = "/nonexistent", Root = "/nonexistent" };
        NotAvailable?[] reasons =
        [
            SoftnetReader.Read(nowhere).NotAvailable, CpuTimeReader.Read(nowhere).NotAvailable, CpuReader.Read(nowhere, "x86_64").NotAvailable,
            CryptoReader.Read(nowhere).NotAvailable, KernelReader.Read(nowhere).NotAvailable, LoadReader.Read(nowhere).NotAvailable,
            LoadReader.ReadPressure(nowhere).NotAvailable, PlatformReader.Read(nowhere).NotAvailable, CniReader.Read(nowhere).NotAvailable,
            new KernelLogReader(nowhere, TimeProvider.System).Read(TestDeadline.Far).NotAvailable,
        ];
        reasons.ShouldAllBe(reason => reason != null && reason.Reason == NotAvailableReason.NotPresent);
        ProcessLimitsReader.Read(nowhere, 1, TestDeadline.Far).Value.ShouldNotBeNull().ShouldHaveSingleItem().NotAvailable.ShouldNotBeNull();
        ModuleReader.Read(nowhere, "1").Value.ShouldNotBeNull().ShouldAllBe(module => module.State == ModuleState.NotLoaded);
    }

    private static HostPaths Tree(string name)
    {
        var folder = Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "host", name);
        return new HostPaths
        {
            Proc = Path.Combine(folder, "proc"),
            Sys = Path.Combine(folder, "sys"),
            KernelLog = Path.Combine(folder, "kmsg"),
            Root = Path.Combine(folder, "root"),
        };
    }

    /// <summary>A root whose /lib is an absolute link to /usr/lib, as on today's distributions: it must lead into the tree, not to this machine's.</summary>
    private sealed class LinkedRoot : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("root");

        public LinkedRoot(string tree)
        {
            foreach (var file in Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories))
            {
                var copy = System.IO.Path.Combine(_folder.FullName, System.IO.Path.GetRelativePath(tree, file));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            File.CreateSymbolicLink(System.IO.Path.Combine(_folder.FullName, "lib"), "/usr/lib");
        }

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
