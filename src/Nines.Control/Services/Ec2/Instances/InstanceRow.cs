namespace Nines.Control.Services.Ec2.Instances;

/// <summary>An instance that filters look at: its record, and its answer for filters about what other records say.</summary>
internal sealed class InstanceRow(Instance instance, InstanceMapping mapping)
{
    private Api.Ec2.Instance? _view;

    public Instance Instance { get; } = instance;

    /// <summary>The whole answer, mapped when a filter first asks for it.</summary>
    public Api.Ec2.Instance View => _view ??= mapping.Map(Instance);
}
