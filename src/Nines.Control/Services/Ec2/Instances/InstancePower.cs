namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What an instance shall do; its <see cref="InstanceState"/> says how far that is.</summary>
internal enum InstancePower
{
    Running,
    Stopped,
    Terminated,
}
