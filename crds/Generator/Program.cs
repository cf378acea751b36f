// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Generator;

if (args is ["write" or "check", _, ..])
    return args[0] == "write" ? CrdFiles.Write(args[1..], Console.Out) : CrdFiles.Check(args[1..], Console.Error);

Console.Error.WriteLine("usage: kubewgdiag-crd-generator write|check FOLDER...");
return 2;
