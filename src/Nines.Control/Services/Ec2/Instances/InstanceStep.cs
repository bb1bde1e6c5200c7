namespace Nines.Control.Services.Ec2.Instances;

/// <summary>One step of an instance's life.</summary>
/// <param name="Next">The instance after it; the same object when there is nothing to do.</param>
/// <param name="Effects">What else changes with it.</param>
internal readonly record struct InstanceStep(Instance Next, InstanceEffects Effects = InstanceEffects.None);
