using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.InstanceTypes;

/// <summary>Finds the types that have what a request asks of them (EC2 API Reference: InstanceRequirementsRequest). Prices narrow nothing: there are none. Pure.</summary>
internal static class InstanceRequirementsRules
{
    /// <summary>The test that the requirements make together.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>MissingParameter</c>, <c>InvalidParameterValue</c>, <c>InvalidParameterCombination</c>.</exception>
    public static Func<InstanceType, bool> Compile(InstanceRequirementsRequest asked)
    {
        if (asked.VCpuCount?.Min is null || asked.MemoryMiB?.Min is null)
        {
            throw Ec2Errors.MissingParameter(asked.VCpuCount?.Min is null ? "VCpuCount.Min" : "MemoryMiB.Min");
        }

        if (asked is { AllowedInstanceTypes.Count: > 0, ExcludedInstanceTypes.Count: > 0 })
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter AllowedInstanceTypes cannot be used with the parameter ExcludedInstanceTypes");
        }

        var (allowed, excluded) = (Patterns(asked.AllowedInstanceTypes), Patterns(asked.ExcludedInstanceTypes));
        var burstable = Choice("burstablePerformance", asked.BurstablePerformance, "excluded");
        var bareMetal = Choice("bareMetal", asked.BareMetal, "excluded");
        var localStorage = Choice("localStorage", asked.LocalStorage, "included");
        return type => HasProcessors(type, asked) && HasNetwork(type, asked)
            && Fits(burstable, type.IsBurstable) && Fits(bareMetal, false) && Fits(localStorage, false)
            && (allowed.Length == 0 || allowed.Any(pattern => pattern.Matches(type.Name)))
            && !excluded.Any(pattern => pattern.Matches(type.Name))
            && (asked.RequireHibernateSupport != true || type.Description.HibernationSupported == true)
            && (asked.InstanceGenerations is not { Count: > 0 } generations || generations.Contains(type.Description.CurrentGeneration == true ? "current" : "previous"))
            && !NeedsStorage(asked) && !NeedsAccelerators(asked);
    }

    private static bool HasProcessors(InstanceType type, InstanceRequirementsRequest asked) =>
        IsIn(type.VCpus, asked.VCpuCount?.Min, asked.VCpuCount?.Max)
        && IsIn(type.MemoryMiB, asked.MemoryMiB?.Min, asked.MemoryMiB?.Max)
        && IsIn(type.MemoryMiB / 1024.0 / type.VCpus, asked.MemoryGiBPerVCpu?.Min, asked.MemoryGiBPerVCpu?.Max)
        && (asked.CpuManufacturers is not { Count: > 0 } manufacturers
            || manufacturers.Any(name => string.Equals(name, type.Description.ProcessorInfo!.Manufacturer, StringComparison.OrdinalIgnoreCase)));

    private static bool HasNetwork(InstanceType type, InstanceRequirementsRequest asked) =>
        IsIn(type.MaximumNetworkInterfaces, asked.NetworkInterfaceCount?.Min, asked.NetworkInterfaceCount?.Max)
        && IsIn(type.Description.NetworkInfo!.NetworkCards![0].BaselineBandwidthInGbps ?? 0, asked.NetworkBandwidthGbps?.Min, asked.NetworkBandwidthGbps?.Max)
        && IsIn(type.Description.EbsInfo!.EbsOptimizedInfo?.BaselineBandwidthInMbps ?? 0, asked.BaselineEbsBandwidthMbps?.Min, asked.BaselineEbsBandwidthMbps?.Max);

    /// <summary>No type here has disks of its own.</summary>
    private static bool NeedsStorage(InstanceRequirementsRequest asked) => asked.LocalStorageTypes is { Count: > 0 } || asked.TotalLocalStorageGB?.Min > 0;

    /// <summary>No type here has accelerators.</summary>
    private static bool NeedsAccelerators(InstanceRequirementsRequest asked) =>
        asked.AcceleratorTypes is { Count: > 0 } || asked.AcceleratorManufacturers is { Count: > 0 } || asked.AcceleratorNames is { Count: > 0 }
        || asked.AcceleratorCount?.Min > 0 || asked.AcceleratorTotalMemoryMiB?.Min > 0;

    private static bool IsIn(double value, double? minimum, double? maximum) => !(value < minimum) && !(value > maximum);

    private static bool Fits(string choice, bool has) => choice switch
    {
        "required" => has,
        "excluded" => !has,
        _ => true,
    };

    private static string Choice(string parameter, string? value, string usual) => value switch
    {
        null => usual,
        "included" or "required" or "excluded" => value,
        _ => throw Ec2Errors.InvalidValue(parameter, value, "Valid values are included, required and excluded."),
    };

    private static FilterPattern[] Patterns(IReadOnlyList<string>? names) => [.. (names ?? []).Select(FilterPattern.Parse)];
}
