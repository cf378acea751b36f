// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Generator;

if (args is ["write" or "check", _, ..])
    return args[0] == "write" ? CrdFiles.Write(args[1..], Console.Out) : CrdFiles.Check(args[1..], Console.Error);

if (args is ["write-facts" or "check-facts", var path])
    return args[0] == "write-facts" ? FactsSchema.Write(path, Console.Out) : FactsSchema.Check(path, Console.Error);

Console.Error.WriteLine("usage: kubewgdiag-crd-generator write|check FOLDER... | write-facts|check-facts FILE");
return 2;
